import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { type BadTokenName, createTestIssuer, type TestIssuer } from "@hallpass/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { decisionChannel } from "../src/index.ts";
import { type Exchange, type Sent, send, sendRaw } from "./exchange.ts";
import { type Api, frameworks } from "./frameworks.ts";

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await createTestIssuer();
});
afterAll(() => issuer.close());

const form = { "content-type": "application/x-www-form-urlencoded" };

/** What goes wrong before a token can be looked at. `TOKEN` stands for a good one. */
const requests: readonly [title: string, sent: Sent, answer: string][] = [
  ["no Authorization header", {}, "401 unauthorized token_missing"],
  ["a token in the query", { path: "/books?access_token=TOKEN" }, "401 unauthorized token_missing"],
  ["a token in a cookie", { headers: { cookie: "access_token=TOKEN" } }, "401 unauthorized token_missing"],
  [
    "a token in the body",
    { method: "POST", body: "access_token=TOKEN", headers: form },
    "401 unauthorized token_missing",
  ],
  ["Basic", { authorization: "Basic YWxpY2U6c2VjcmV0" }, "401 unauthorized scheme_unsupported"],
  ["a token as DPoP", { authorization: "DPoP TOKEN" }, "401 unauthorized scheme_unsupported"],
  ["Bearer alone", { authorization: "Bearer" }, "400 invalid_request bearer_token_empty"],
  ["an empty header", { authorization: "" }, "400 invalid_request authorization_malformed"],
  ["a token without Bearer", { authorization: "TOKEN" }, "400 invalid_request authorization_malformed"],
  ["Bearer twice", { authorization: "Bearer Bearer TOKEN" }, "400 invalid_request authorization_malformed"],
  ["a quoted token", { authorization: 'Bearer "TOKEN"' }, "400 invalid_request authorization_malformed"],
  ["a tab after Bearer", { authorization: "Bearer\tTOKEN" }, "400 invalid_request authorization_malformed"],
  [
    "a promise as text",
    { authorization: "Bearer [object Promise]" },
    "400 invalid_request authorization_malformed",
  ],
  [
    "two tokens in one header",
    { authorization: "Bearer TOKEN, Bearer TOKEN" },
    "400 invalid_request authorization_repeated",
  ],
  ["undefined as text", { authorization: "Bearer undefined" }, "401 invalid_token token_malformed"],
];

/** Bad tokens whose answer is not 401 with their own code. */
const others: Partial<Record<BadTokenName, [status: number, code: string]>> = {
  bearer_prefix: [400, "authorization_malformed"],
  json_serialization: [400, "authorization_malformed"],
  too_large: [431, "token_too_large"],
};

describe.each(Object.keys(frameworks))("%s", (framework) => {
  let api: Api;
  let spacious: Api;
  const sentTokens: string[] = [];
  const received: Exchange[] = [];
  const events: unknown[] = [];
  const observe = (event: unknown) => void events.push(event);

  beforeAll(async () => {
    subscribe(decisionChannel, observe);
    const start = frameworks[framework] as (typeof frameworks)[string];
    const options = {
      guard: { issuer: issuer.issuer, audience: issuer.audience, clock: issuer.clock.now },
      routes: { "/books": {}, "/optional": { optional: true } },
    };
    api = await start(options);
    spacious = await start({ ...options, server: { maxHeaderSize: 256 * 1024 } });
  });
  beforeEach(async () => {
    expect((await send(api.port, { authorization: `Bearer ${await issuer.token()}` })).status).toBe(200);
  });
  afterAll(async () => {
    unsubscribe(decisionChannel, observe);
    await Promise.all([api.close(), spacious.close()]);
  });

  /** Sends, keeps everything for the search at the end, and sees that no handler was reached. */
  async function tried(tokens: readonly string[], act: () => Promise<Exchange>): Promise<Exchange> {
    const before = api.handled() + spacious.handled();
    const exchange = await act();
    sentTokens.push(...tokens);
    received.push(exchange);
    expect(api.handled() + spacious.handled()).toBe(before);
    return exchange;
  }

  it.each(requests)("refuses %s", async (_title, sent, answer) => {
    const token = await issuer.token();
    const filled = JSON.parse(JSON.stringify(sent).replaceAll("TOKEN", token)) as Sent;
    const exchange = await tried([token], () => send(api.port, filled));
    const { error, code } = exchange.json;
    expect(`${exchange.status} ${error} ${code}`).toBe(answer);
    const challenge = exchange.headers["www-authenticate"] ?? "";
    expect(challenge).toMatch(/^Bearer realm="https:\/\/api\.bookstore\.example"/);
    // RFC 6750 section 3.1: no error code for who did not try to authenticate with a token.
    if (error === "unauthorized") expect(challenge).not.toContain("error");
    else expect(challenge).toContain(`error="${error}", error_description="`);
  });

  it("says that a token in the query is ignored", async () => {
    const exchange = await send(api.port, { path: "/books?x=1&access_token=abc" });
    expect(exchange.json.error_description).toContain("in the query is ignored");
  });

  it("ignores a token in the query beside a good one in the header", async () => {
    const authorization = `Bearer ${await issuer.token()}`;
    expect((await send(api.port, { path: "/books?access_token=abc", authorization })).status).toBe(200);
  });

  it("takes the scheme in any case, and more than one space", async () => {
    const token = await issuer.token();
    expect((await send(api.port, { authorization: `bearer ${token}` })).status).toBe(200);
    expect((await send(api.port, { authorization: `BEARER   ${token}` })).status).toBe(200);
  });

  it("refuses two Authorization headers, also when both are the same good one", async () => {
    const token = await issuer.token();
    for (const second of [token, "x"]) {
      const lines = [`Authorization: Bearer ${token}`, `authorization: Bearer ${second}`];
      const exchange = await tried([token], () => sendRaw(api.port, lines));
      expect([exchange.status, exchange.json.code]).toEqual([400, "authorization_repeated"]);
    }
  });

  it("refuses a header with bytes that are no ASCII", async () => {
    const token = await issuer.token();
    const exchange = await tried([token], () => sendRaw(api.port, [`Authorization: Bearer ${token}\xe9`]));
    expect([exchange.status, exchange.json.code]).toEqual([400, "authorization_malformed"]);
  });

  it("survives a header of 100 kB", async () => {
    const token = "a".repeat(100_000);
    const lines = [`Authorization: Bearer ${token}`];
    expect((await tried([token], () => sendRaw(api.port, lines))).status).toBe(431);
    // And where the server was told to accept such headers.
    const exchange = await tried([token], () => sendRaw(spacious.port, lines));
    expect([exchange.status, exchange.json.code]).toEqual([431, "token_too_large"]);
    expect(exchange.text.length).toBeLessThan(2000);
    const garbage = [`Authorization: Bearer ${", ".repeat(50_000)}`];
    expect((await tried([], () => sendRaw(spacious.port, garbage))).status).toBe(431);
  });

  it("refuses every bad token with its own code", async () => {
    for (const [name, bad] of Object.entries(issuer.badTokens)) {
      // An unknown key costs a fetch, and the next fetch is granted some seconds later.
      issuer.clock.advance(30);
      const token = await bad.make();
      const exchange = await tried([token], () => send(spacious.port, { authorization: `Bearer ${token}` }));
      const [status, code] = others[name as BadTokenName] ?? [401, bad.code];
      expect([name, exchange.status, exchange.json.code]).toEqual([name, status, code]);
      if (status !== 401) continue;
      expect(exchange.json.error).toBe("invalid_token");
      expect(exchange.headers["www-authenticate"]).toContain('error="invalid_token", error_description="');
    }
  });

  it("refuses a token that is too large for the verifier with 431", async () => {
    const token = await issuer.token({ claims: { padding: "x".repeat(20_000) } });
    const exchange = await tried([token], () => send(spacious.port, { authorization: `Bearer ${token}` }));
    expect([exchange.status, exchange.json.code]).toEqual([431, "token_too_large"]);
  });

  it("refuses a bad token also where authentication is optional", async () => {
    const token = await issuer.badToken("expired");
    const sent = { path: "/optional", authorization: `Bearer ${token}` };
    const exchange = await tried([token], () => send(api.port, sent));
    expect([exchange.status, exchange.json.code]).toEqual([401, "token_expired"]);
    expect((await send(api.port, { path: "/optional", authorization: "Basic YTpi" })).status).toBe(401);
  });

  it("refuses a token that is bound to a key, sent as a plain one", async () => {
    const token = await issuer.token({
      claims: { cnf: { jkt: "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" } },
    });
    const exchange = await tried([token], () => send(api.port, { authorization: `Bearer ${token}` }));
    expect([exchange.status, exchange.json.code]).toEqual([401, "token_binding_unchecked"]);
  });

  it("shows no 16 characters of any token in an answer, a log or an event", () => {
    expect(sentTokens.length).toBeGreaterThan(40);
    const shown = [
      ...received.map((exchange) => exchange.text),
      api.logs(),
      spacious.logs(),
      JSON.stringify(events),
    ];
    // Fastify itself logs the address of each request.
    const text = shown.join("\n").replaceAll(/"url":"[^"]*access_token=[^"]*"/g, "");
    const slices = new Set<string>();
    for (let at = 0; at + 16 <= text.length; at += 1) slices.add(text.slice(at, at + 16));
    for (const token of sentTokens) {
      for (let at = 0; at + 16 <= token.length; at += 1) {
        const slice = token.slice(at, at + 16);
        if (slices.has(slice)) expect.fail(`shown: ...${text.slice(text.indexOf(slice) - 80).slice(0, 160)}`);
      }
    }
    expect(events.length).toBeGreaterThan(40);
  });
});
