import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { createTestIssuer, type TestIssuer, type TokenOverrides } from "@hallpass/testing";
import { createVerifier } from "@hallpass/tokens";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type DecisionEvent, decisionChannel } from "../src/index.ts";
import { type Exchange, type Sent, send } from "./exchange.ts";
import { type Api, type ApiOptions, frameworks } from "./frameworks.ts";

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await createTestIssuer();
});
afterAll(() => issuer.close());

describe.each(Object.keys(frameworks))("%s", (framework) => {
  const running: Api[] = [];
  async function start(options: Partial<ApiOptions> = {}): Promise<Api> {
    const api = await (frameworks[framework] as (typeof frameworks)[string])({
      guard: { issuer: issuer.issuer, audience: issuer.audience },
      routes: { "/books": {} },
      ...options,
    });
    running.push(api);
    return api;
  }
  afterEach(async () => {
    await Promise.all(running.splice(0).map((api) => api.close()));
  });
  const withToken = async (sent: Sent = {}, overrides: TokenOverrides = {}): Promise<Sent> => ({
    ...sent,
    authorization: `Bearer ${await issuer.token(overrides)}`,
  });

  it("hands the token to the handler", async () => {
    const api = await start();
    const exchange = await send(
      api.port,
      await withToken({}, { permissions: ["read"], organization: "org_a" }),
    );
    expect(exchange.json).toEqual({ subject: "kp_alice", organization: "org_a", permissions: ["read"] });
  });

  it("names the scopes an endpoint requires in the challenge, and only for scopes", async () => {
    const api = await start({
      routes: { "/scopes": { scopes: ["read", "write"] }, "/roles": { roles: ["x"] } },
    });
    const scopes = await send(api.port, await withToken({ path: "/scopes" }, { scopes: ["read"] }));
    expect(scopes.headers["www-authenticate"]).toMatch(/, scope="read write"$/);
    const roles = await send(api.port, await withToken({ path: "/roles" }));
    expect(roles.headers["www-authenticate"]).not.toContain("scope=");
  });

  it("answers as JSON that nobody keeps", async () => {
    const api = await start();
    const exchange = await send(api.port);
    expect(exchange.headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(exchange.headers["cache-control"]).toBe("no-store");
    expect(Object.keys(exchange.json)).toEqual(["error", "error_description", "code"]);
  });

  it("answers HEAD without a body", async () => {
    const exchange = await send((await start()).port, { method: "HEAD" });
    expect([exchange.status, exchange.body]).toEqual([401, ""]);
    expect(exchange.headers["www-authenticate"]).toContain("Bearer");
  });

  it("uses the realm it is given", async () => {
    const api = await start({ guard: { issuer: issuer.issuer, audience: issuer.audience, realm: "books" } });
    expect((await send(api.port)).headers["www-authenticate"]).toBe('Bearer realm="books"');
  });

  it("makes its refusals readable for scripts of other origins, beside what is readable already", async () => {
    const api = await start({ headers: { "access-control-expose-headers": "X-Total" } });
    const exchange = await send(api.port, { headers: { origin: "http://localhost:4302" } });
    const exposed = "X-Total, WWW-Authenticate, Retry-After, DPoP-Nonce";
    expect(exchange.headers["access-control-expose-headers"]).toBe(exposed);
    const allowed = await send(api.port, await withToken());
    expect(allowed.headers["access-control-expose-headers"]).toBe("X-Total");
  });

  describe("a CORS preflight", () => {
    const headers = { origin: "http://localhost:4302", "access-control-request-method": "POST" };

    it("is never challenged, and keeps the headers that are there", async () => {
      const api = await start({ headers: { "access-control-allow-origin": "http://localhost:4302" } });
      const exchange = await send(api.port, { method: "OPTIONS", headers });
      expect([exchange.status, exchange.body]).toEqual([204, ""]);
      expect(exchange.headers).not.toHaveProperty("www-authenticate");
      expect(exchange.headers["access-control-allow-origin"]).toBe("http://localhost:4302");
    });

    it("does not open a way around the guard", async () => {
      const api = await start();
      await send(api.port, { method: "OPTIONS", headers });
      expect(api.handled()).toBe(0);
      expect((await send(api.port, { method: "OPTIONS" })).status).toBe(401);
      expect((await send(api.port, { method: "GET", headers })).status).toBe(401);
    });
  });

  describe("optional authentication", () => {
    const routes = { "/books": { optional: true }, "/admin": { optional: true, roles: ["admin"] } } as const;

    it("lets an anonymous caller in", async () => {
      const exchange = await send((await start({ routes })).port);
      expect([exchange.status, exchange.json]).toEqual([200, { anonymous: true }]);
    });

    it("knows a caller who sent a good token", async () => {
      const exchange = await send((await start({ routes })).port, await withToken());
      expect(exchange.json).toMatchObject({ subject: "kp_alice" });
    });

    it("refuses a bad token, and one that lacks what is required", async () => {
      const api = await start({ routes });
      const bad = await send(api.port, {
        authorization: `Bearer ${await issuer.badToken("wrong_audience")}`,
      });
      expect([bad.status, bad.json.code]).toEqual([401, "audience_wrong"]);
      expect((await send(api.port, await withToken({ path: "/admin" }))).status).toBe(403);
      expect((await send(api.port, { path: "/admin" })).status).toBe(200);
    });
  });

  describe("an issuer that cannot be reached", () => {
    it("costs the caller a 503 with Retry-After, and heals", async () => {
      const down = await createTestIssuer();
      down.faults.jwks = { status: 500 };
      down.faults.discovery = { status: 500 };
      let now = Date.now();
      const api = await start({ guard: { issuer: down.issuer, audience: down.audience, clock: () => now } });
      const sent = { authorization: `Bearer ${await down.token()}` };
      const exchange = await send(api.port, sent);
      const { error, code } = exchange.json;
      expect([exchange.status, error, code]).toEqual([503, "temporarily_unavailable", "keys_unavailable"]);
      expect(Number(exchange.headers["retry-after"])).toBeGreaterThan(0);
      expect(exchange.headers).not.toHaveProperty("www-authenticate");
      down.faults.jwks = undefined;
      down.faults.discovery = undefined;
      now += Number(exchange.headers["retry-after"]) * 1000;
      expect((await send(api.port, sent)).status).toBe(200);
      await down.close();
    });

    it("does not keep the API from starting", async () => {
      const gone = await createTestIssuer();
      await gone.close();
      const api = await start({ guard: { issuer: gone.issuer, audience: gone.audience } });
      expect((await send(api.port)).status).toBe(401);
      expect((await send(api.port, { authorization: `Bearer ${await gone.token()}` })).status).toBe(503);
    });
  });

  it("keeps two issuers apart in one process", async () => {
    const other = await createTestIssuer();
    const [ours, theirs] = [
      await start(),
      await start({
        guard: { verifier: createVerifier({ issuer: other.issuer, audience: other.audience }) },
      }),
    ];
    const sent = await withToken();
    expect((await send(ours.port, sent)).status).toBe(200);
    expect((await send(theirs.port, sent)).json.code).toBe("issuer_wrong");
    await other.close();
  });

  it("lets an error in a condition reach the framework's error handler, not the handler", async () => {
    const where = () => {
      throw new Error("the database of bans is down");
    };
    const api = await start({ routes: { "/books": { where } } });
    expect((await send(api.port, await withToken())).status).toBe(500);
    expect(api.handled()).toBe(0);
  });

  it.each([undefined, null, false, 0, "", "route", "router", { status: 200 }])(
    "never takes what a condition throws for leave to go on: %j",
    async (thrown) => {
      const where = () => Promise.reject(thrown);
      const routes = { "/books": { where }, "/optional": { optional: true, anyOf: [{ where }] } };
      const api = await start({ routes });
      for (const path of ["/books", "/optional"]) {
        expect((await send(api.port, await withToken({ path }))).status).toBe(500);
      }
      expect(api.handled()).toBe(0);
    },
  );

  it("notices when a token was bound to a key although a schema drops the claim", async () => {
    const claims = {
      "~standard": { version: 1 as const, vendor: "test", validate: () => ({ value: { tenant: "north" } }) },
    };
    const api = await start({ guard: { issuer: issuer.issuer, audience: issuer.audience, claims } as never });
    const exchange = await send(api.port, await withToken({}, { claims: { cnf: { "x5t#S256": "abc" } } }));
    expect([exchange.status, exchange.json.code]).toEqual([401, "token_binding_unchecked"]);
  });

  it("publishes its decisions, without tokens", async () => {
    const events: DecisionEvent[] = [];
    const observe = (event: unknown) => void events.push(event as DecisionEvent);
    subscribe(decisionChannel, observe);
    const api = await start({ routes: { "/books": {}, "/optional": { optional: true } } });
    await send(api.port, await withToken({ method: "POST" }));
    await send(api.port, { path: "/optional" });
    await send(api.port);
    unsubscribe(decisionChannel, observe);
    const duration = expect.any(Number);
    const kid = issuer.keys().keys[0]?.kid;
    expect(events).toEqual([
      { outcome: "allowed", method: "POST", duration, issuer: issuer.issuer, kid },
      { outcome: "anonymous", method: "GET", duration },
      { outcome: "refused", method: "GET", duration, status: 401, code: "token_missing" },
    ]);
  });

  it("answers two hundred callers at once with one request for the keys", async () => {
    const fresh = await createTestIssuer();
    const api = await start({ guard: { issuer: fresh.issuer, audience: fresh.audience } });
    const sent = { authorization: `Bearer ${await fresh.token()}` };
    const answers: Exchange[] = await Promise.all(Array.from({ length: 200 }, () => send(api.port, sent)));
    expect(new Set(answers.map((exchange) => exchange.status))).toEqual(new Set([200]));
    expect(fresh.requests).toEqual({ discovery: 1, jwks: 1, other: 0 });
    await fresh.close();
  });
});
