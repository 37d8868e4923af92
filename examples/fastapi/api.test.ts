import { execFile } from "node:child_process";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createTestIssuer, type TestIssuer } from "@hallpass/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApp } from "../bookstore/api/app.ts";
import { openShelf } from "../bookstore/api/books.ts";
import { createHttpServer } from "../bookstore/api/http-server.ts";
import { findPython } from "./python.ts";
import { freePort, type RunningApi, startApi } from "./running-api.ts";

const bin = fileURLToPath(new URL("../../packages/cli/bin/hallpass.js", import.meta.url));
const webOrigin = "http://localhost:4302";
const novel = { title: "The Waves", author: "Virginia Woolf", year: 1931 };

/** Where PyJWT, or the header, gives another code than Hallpass's verifier; for crit it depends on PyJWT's version. */
const special: Record<string, [status: number, code: string]> = {
  bearer_prefix: [400, "authorization_malformed"],
  json_serialization: [400, "authorization_malformed"],
  too_large: [431, "token_too_large"],
  encrypted: [401, "token_malformed"],
  unknown_crit: [401, expect.any(String)],
  id_token: [401, "audience_wrong"],
  id_token_with_nonce: [401, "audience_wrong"],
};

interface Body {
  code?: string;
  error?: string;
  error_description?: string;
  fields?: Record<string, string>;
  data?: { books: Record<string, unknown>[]; book: Record<string, unknown> };
}

describe.skipIf(findPython() === undefined)("the bookstore's API in FastAPI", () => {
  let issuer: TestIssuer;
  let api: RunningApi;

  beforeAll(async () => {
    issuer = await createTestIssuer();
    api = await startApi(["server.py"], { HALLPASS_ISSUER: issuer.issuer, WEB_ORIGIN: webOrigin });
  });
  afterAll(async () => {
    await api?.[Symbol.asyncDispose]();
    await issuer?.close();
  });

  const send = async (
    method: string,
    path: string,
    token?: string,
    { body, headers = {} }: { body?: string; headers?: Record<string, string> } = {},
  ) => {
    const response = await fetch(api.url + path, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body }),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Body };
  };
  const get = (path: string, token?: string) => send("GET", path, token);
  const post = (token: string | undefined, body: unknown) =>
    send("POST", "/books", token, { body: typeof body === "string" ? body : JSON.stringify(body) });
  const bookseller = () => issuer.token({ permissions: ["create:books"], subject: "kp_mina" });

  it("answers a token of a kid that nobody knows with 401, not 500", async () => {
    const answer = await get("/books", await issuer.badToken("unknown_key"));
    expect([answer.status, answer.body.code]).toEqual([401, "key_unknown"]);
    expect(answer.headers.get("www-authenticate")).toContain('error="invalid_token"');
  });

  it("lists the same books, in the same form, as the API in Express", async () => {
    const shelf = openShelf(":memory:");
    const server = createHttpServer(
      createApp({ issuer: issuer.issuer, audience: issuer.audience, webOrigin, shelf }),
    );
    await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
    const express = `http://localhost:${(server.address() as AddressInfo).port}`;
    const headers = { authorization: `Bearer ${await issuer.token()}` };
    const books = async (url: string) => {
      const { data } = (await (await fetch(`${url}/books`, { headers })).json()) as Required<Body>;
      return data.books.map(({ addedAt, ...book }) => ({ ...book, dated: typeof addedAt }));
    };
    try {
      expect(await books(api.url)).toEqual(await books(express));
    } finally {
      server.closeAllConnections();
      server.close();
      shelf.close();
    }
  });

  it("refuses every bad token by a code of its own, and gives no piece of it back", async () => {
    for (const [name, bad] of Object.entries(issuer.badTokens)) {
      const token = await bad.make();
      let answer = await get("/books", token);
      // While the issuer may not be asked again for a kid, the answer is 503 with Retry-After.
      await expect
        .poll(
          async () => {
            if (answer.status === 503) answer = await get("/books", token);
            return answer.status;
          },
          { timeout: 15_000, interval: 500 },
        )
        .not.toBe(503);
      const expected = special[name] ?? [401, bad.code];
      expect([name, answer.status, answer.body.code]).toEqual([name, ...expected]);
      const told = JSON.stringify([answer.body, [...answer.headers]]);
      expect(told).not.toContain(token.slice(-16));
    }
  }, 60_000);

  it("says how to send a token where there is none, with a challenge of RFC 6750", async () => {
    const answer = await get("/books");
    expect([answer.status, answer.body.code, answer.headers.get("www-authenticate")]).toEqual([
      401,
      "token_missing",
      'Bearer realm="api"',
    ]);
    const basic = await send("GET", "/books", undefined, {
      headers: { authorization: "Basic bWluYTpzZWNyZXQ=" },
    });
    expect([basic.status, basic.body.code]).toEqual([401, "scheme_unsupported"]);
  });

  it.each([
    ["no object", "[]"],
    ["nested without end", `{"alg":${"[".repeat(6000)}`],
    ["a kid that is a list", '{"alg":"RS256","kid":[1]}'],
    ["a kid that is null", '{"alg":"RS256","kid":null}'],
    ["an alg that is a list", '{"alg":["RS256"],"kid":"x"}'],
    ["a typ that is a number", '{"alg":"RS256","typ":5,"kid":"x"}'],
    ["no UTF-8", "\u00ff\u00fe"],
    ["b64 false", '{"alg":"RS256","b64":false,"crit":["b64"],"kid":"x"}'],
  ])("refuses a header that is %s, and does not fail over it", async (_, header) => {
    const token = `${Buffer.from(header, "latin1").toString("base64url")}.e30.c2lnbmF0dXJl`;
    expect((await get("/books", token)).status).toBe(401);
  });

  it("refuses claims of the wrong type, however well they are signed", async () => {
    for (const claims of [{ permissions: "create:books" }, { sub: 5 }, { sub: "" }, { permissions: [1] }]) {
      const answer = await get("/books", await issuer.token({ claims }));
      expect([claims, answer.status, answer.body.code]).toEqual([claims, 401, "claim_invalid"]);
    }
  });

  it("adds a book in the name of the token's sub", async () => {
    const answer = await post(await bookseller(), { ...novel, title: "  The Waves ", blurb: "Six voices." });
    expect(answer.status).toBe(201);
    expect(answer.body.data?.book).toMatchObject({ ...novel, blurb: "Six voices.", addedBy: "kp_mina" });
    const { body } = await get("/books", await issuer.token());
    expect(body.data?.books[0]).toEqual(answer.body.data?.book);
  });

  it("refuses someone without create:books with 403, and names it", async () => {
    const answer = await post(await issuer.token({ permissions: ["read:books"] }), novel);
    expect([answer.status, answer.body.error]).toEqual([403, "insufficient_scope"]);
    expect(answer.body.error_description).toContain("create:books");
    expect(answer.headers.get("www-authenticate")).toMatch(/insufficient_scope.*scope="create:books"/);
  });

  it("refuses addedBy in the body, whoever sends it", async () => {
    const answer = await post(await bookseller(), { ...novel, addedBy: "kp_somebody_else" });
    expect([answer.status, answer.body.code]).toEqual([400, "added_by_not_allowed"]);
  });

  it("says at which field a book is wrong", async () => {
    const answer = await post(await bookseller(), { title: " ", author: 7, year: null });
    expect([answer.status, answer.body.code]).toEqual([400, "body_invalid"]);
    expect(Object.keys(answer.body.fields ?? {})).toEqual(["title", "author", "year"]);
    const odd = await post(await bookseller(), { ...novel, price: 12 });
    expect([odd.status, odd.body.code]).toEqual([400, "body_invalid"]);
  });

  it("refuses a body that is no JSON, too large, or of another type, each with its own code", async () => {
    const token = await bookseller();
    expect((await post(token, "{")).body.code).toBe("body_malformed");
    expect((await post(token, { ...novel, blurb: "x".repeat(20_000) })).status).toBe(413);
    const form = { body: "title=x", headers: { "content-type": "application/x-www-form-urlencoded" } };
    expect((await send("POST", "/books", token, form)).status).toBe(415);
    expect((await post(undefined, novel)).status).toBe(401);
  });

  it("has two more doors, which let in nobody whom the front door would not", async () => {
    const token = await issuer.token();
    expect((await get("/tomorrow/books", token)).body.code).toBe("token_expired");
    expect((await get("/warehouse/books", token)).body.code).toBe("audience_wrong");
    const ofWarehouse = await issuer.token({ audience: "https://warehouse.bookstore.example" });
    expect((await get("/warehouse/books", ofWarehouse)).body.code).toBe("audience_wrong");
  });

  it("lets the shop's pages read why they were refused, and no other origin", async () => {
    const preflight = await fetch(`${api.url}/books`, {
      method: "OPTIONS",
      headers: {
        origin: webOrigin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
      },
    });
    expect(preflight.ok).toBe(true);
    expect(preflight.headers.get("access-control-allow-origin")).toBe(webOrigin);
    const refused = await fetch(`${api.url}/books`, { headers: { origin: webOrigin } });
    expect(refused.headers.get("access-control-expose-headers")?.toLowerCase()).toContain("www-authenticate");
    const foreign = await fetch(`${api.url}/books`, { headers: { origin: "https://evil.example" } });
    expect(foreign.headers.get("access-control-allow-origin")).toBeNull();
  });

  it("answers unknown routes in JSON, and logs no token", async () => {
    const token = await issuer.token();
    expect(await get(`/films/${token}`, token)).toMatchObject({
      status: 404,
      body: { code: "route_unknown" },
    });
    expect(await get("/healthz")).toMatchObject({ status: 200, body: { status: "ok" } });
    expect(api.log()).not.toContain(token.slice(-16));
  });

  it("answers 503 while the key set cannot be reached, and lets people in once it can", async () => {
    await using away = await createTestIssuer();
    await using recovering = await startApi(["server.py"], { HALLPASS_ISSUER: away.issuer });
    away.faults.jwks = "down";
    const headers = { authorization: `Bearer ${await away.token()}` };
    const during = await fetch(`${recovering.url}/books`, { headers });
    expect(during.status).toBe(503);
    expect(Number(during.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(during.headers.get("www-authenticate")).toBeNull();
    expect(await during.json()).toMatchObject({ code: "keys_unavailable" });
    away.faults.jwks = undefined;
    await expect
      .poll(async () => (await fetch(`${recovering.url}/books`, { headers })).status, { timeout: 20_000 })
      .toBe(200);
  }, 40_000);
});

describe.skipIf(findPython() === undefined)("hallpass probe", () => {
  it.each([
    ["GET", []],
    [
      "POST",
      [
        "--permission",
        "create:books",
        "--body",
        JSON.stringify({ title: "Emma", author: "Jane Austen", year: 1815 }),
      ],
    ],
  ])(
    "gets the right answer to everything that it sends with %s",
    { timeout: 90_000 },
    async (method, more) => {
      const port = await freePort();
      await using api = await startApi(["server.py"], { HALLPASS_ISSUER: `http://localhost:${port}` });
      const args = ["probe", `${api.url}/books`, "--method", method, "--test-issuer", String(port), ...more];
      const { stdout } = await promisify(execFile)(process.execPath, [bin, ...args]);
      expect(stdout).toMatch(/^All \d+ answers are right\.$/m);
    },
  );
});

describe.skipIf(findPython() === undefined)("the smallest API", () => {
  it("lists and adds with the same dependencies", async () => {
    await using issuer = await createTestIssuer();
    const args = ["-m", "uvicorn", "smallest:app", "--host", "localhost", "--port", "PORT"];
    await using api = await startApi(args, { HALLPASS_ISSUER: issuer.issuer });
    const ask = async (method: string, token?: string) => {
      const response = await fetch(`${api.url}/books`, {
        method,
        headers: {
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          "content-type": "application/json",
        },
        ...(method === "POST" && { body: JSON.stringify({ title: "Emma" }) }),
      });
      return { status: response.status, body: await response.json() };
    };
    expect((await ask("GET")).status).toBe(401);
    expect((await ask("GET", await issuer.token())).status).toBe(200);
    expect((await ask("POST", await issuer.token())).status).toBe(403);
    const added = await ask("POST", await issuer.token({ permissions: ["create:books"], subject: "kp_ada" }));
    expect(added).toEqual({ status: 201, body: { title: "Emma", addedBy: "kp_ada" } });
  });
});
