import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  CLIENT_ID,
  claimsOf,
  ORIGIN,
  type RunningIdentity,
  refresh,
  startIdentity,
  tokensFor,
} from "../../test/identity.ts";

let running: RunningIdentity;
let issuer: string;

beforeAll(async () => {
  running = await startIdentity();
  issuer = running.issuer;
});
afterAll(async () => {
  await running.identity.close();
});

async function post(path: string, form: Record<string, string>) {
  const response = await fetch(issuer + path, {
    method: "POST",
    headers: { origin: ORIGIN },
    body: new URLSearchParams(form),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
}

const fetchForm = (path: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(issuer + path, { method: "POST", headers, body: new URLSearchParams(form) });

async function introspection(token: string) {
  return (await post("/oauth2/introspect", { token, client_id: CLIENT_ID })).body;
}

const userinfo = (token: string, path = "/oauth2/v2/user_profile") =>
  fetch(issuer + path, { headers: { authorization: `Bearer ${token}`, origin: ORIGIN } });

describe("revocation", () => {
  test("of a refresh token ends its grant, and with it the access token at userinfo", async () => {
    const { body } = await tokensFor(running);
    const revoked = await post("/oauth2/revoke", { token: body.refresh_token, client_id: CLIENT_ID });
    expect(revoked.status).toBe(200);
    expect((await refresh(issuer, body.refresh_token)).body.error).toBe("invalid_grant");
    expect((await userinfo(body.access_token)).status).toBe(401);
  });

  test("is for one's own tokens", async () => {
    const { body } = await tokensFor(running);
    await fetch(`${issuer}/oauth2/revoke`, {
      method: "POST",
      body: new URLSearchParams({ token: body.refresh_token, client_id: "other-web" }),
    });
    expect((await refresh(issuer, body.refresh_token)).status).toBe(200);
  });

  test.each(["access_token", "refresh_token", "something_else", undefined])(
    "of an access token, whose hint is %s, ends that one and nothing else",
    async (hint) => {
      const { body } = await tokensFor(running);
      const second = await refresh(issuer, body.refresh_token);
      const revoked = await post("/oauth2/revoke", {
        token: body.access_token,
        client_id: CLIENT_ID,
        ...(hint === undefined ? {} : { token_type_hint: hint }),
      });
      expect(revoked).toEqual({ status: 200, body: undefined });
      expect((await userinfo(body.access_token)).status).toBe(401);
      expect(await introspection(body.access_token)).toEqual({ active: false });

      expect((await userinfo(second.body.access_token)).status).toBe(200);
      expect(await introspection(second.body.access_token)).toMatchObject({ active: true });
      expect((await refresh(issuer, second.body.refresh_token)).status).toBe(200);
    },
  );

  test("of another application's access token is 200, and changes nothing", async () => {
    const { body } = await tokensFor(running);
    const form = { token: body.access_token, client_id: "other-web" };
    expect((await fetchForm("/oauth2/revoke", form)).status).toBe(200);
    expect((await userinfo(body.access_token)).status).toBe(200);
  });

  test("of an access token needs an application that exists", async () => {
    const { body } = await tokensFor(running);
    const form = { token: body.access_token };
    expect((await fetchForm("/oauth2/revoke", form)).status).toBe(401);
    expect((await fetchForm("/oauth2/revoke", { ...form, client_id: "nobody" })).status).toBe(401);
    expect((await userinfo(body.access_token)).status).toBe(200);
  });

  test("of an access token can be asked for by the application's page, and read by it", async () => {
    const { body } = await tokensFor(running);
    const response = await fetchForm(
      "/oauth2/revoke",
      { token: body.access_token, client_id: CLIENT_ID },
      { origin: ORIGIN },
    );
    expect(response.headers.get("access-control-allow-origin")).toBe(ORIGIN);
  });

  test("of what only looks like a token of ours is 200", async () => {
    const { body } = await tokensFor(running);
    const [head, payload] = body.access_token.split(".");
    for (const token of ["a.b.c", `${head}.${payload}.AAAA`, body.id_token, "..", ". ."]) {
      expect((await post("/oauth2/revoke", { token, client_id: CLIENT_ID })).status).toBe(200);
    }
    expect((await userinfo(body.access_token)).status).toBe(200);
  });

  test("of something unknown is 200, as RFC 7009 wants it", async () => {
    expect((await post("/oauth2/revoke", { token: "nothing", client_id: CLIENT_ID })).status).toBe(200);
  });
});

describe("introspection", () => {
  test("tells an application about its own access token", async () => {
    const { body } = await tokensFor(running);
    const answer = await post("/oauth2/introspect", { token: body.access_token, client_id: CLIENT_ID });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      active: true,
      sub: claimsOf(body.access_token).sub,
      client_id: CLIENT_ID,
      token_type: "Bearer",
    });
  });

  test("and about its own refresh token", async () => {
    const { body } = await tokensFor(running);
    const answer = await post("/oauth2/introspect", { token: body.refresh_token, client_id: CLIENT_ID });
    expect(answer.body).toMatchObject({ active: true, client_id: CLIENT_ID });
  });

  test("knows nothing of another application's tokens", async () => {
    const { body } = await tokensFor(running);
    for (const token of [body.access_token, body.refresh_token]) {
      const response = await fetch(`${issuer}/oauth2/introspect`, {
        method: "POST",
        body: new URLSearchParams({ token, client_id: "other-web" }),
      });
      expect(await response.json()).toEqual({ active: false });
    }
  });

  test("a token of a grant that was revoked is not active", async () => {
    const { body } = await tokensFor(running);
    await post("/oauth2/revoke", { token: body.refresh_token, client_id: CLIENT_ID });
    const answer = await post("/oauth2/introspect", { token: body.access_token, client_id: CLIENT_ID });
    expect(answer.body).toEqual({ active: false });
  });

  test("needs an application", async () => {
    const { body } = await tokensFor(running);
    expect((await post("/oauth2/introspect", { token: body.access_token })).status).toBe(401);
    const nobody = { token: body.access_token, client_id: "nobody" };
    expect((await post("/oauth2/introspect", nobody)).body.error).toBe("invalid_client");
  });
});

describe("userinfo", () => {
  test.each(["/oauth2/v2/user_profile", "/oauth2/userinfo"])(
    "%s takes tokens that are made for an API",
    async (path) => {
      const { body } = await tokensFor(running);
      const response = await userinfo(body.access_token, path);
      expect(response.status).toBe(200);
      expect(response.headers.get("access-control-allow-origin")).toBe(ORIGIN);
      const profile = await response.json();
      expect(profile).toMatchObject({
        sub: claimsOf(body.access_token).sub,
        id: claimsOf(body.access_token).sub,
        name: "Ada Lovelace",
        given_name: "Ada",
        family_name: "Lovelace",
        email: "ada@example.com",
        email_verified: expect.any(Boolean),
        picture: "https://images.example.com/ada.png",
        updated_at: expect.any(Number),
      });
    },
  );

  test("tells what the scopes of the token allow", async () => {
    const { body } = await tokensFor(running, { scope: "openid profile" });
    const profile = await (await userinfo(body.access_token)).json();
    expect(profile).toHaveProperty("name");
    expect(profile).not.toHaveProperty("email");
  });

  test("takes a token from the command line", async () => {
    const { accessToken } = await running.identity.issueToken({ email: "bob@example.com" });
    expect(await (await userinfo(accessToken)).json()).toMatchObject({ given_name: "Bob" });
  });

  test("refuses what is no access token of its own", async () => {
    const { body } = await tokensFor(running);
    const [head, payload, signature = ""] = body.access_token.split(".");
    const flipped = `${head}.${payload}.${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`;
    for (const token of [body.id_token, body.refresh_token, flipped, "x.y.z", "a".repeat(20_000)]) {
      const response = await userinfo(token);
      expect([401, 431]).toContain(response.status);
      if (response.status === 401) {
        expect(response.headers.get("www-authenticate")).toContain('error="invalid_token"');
      }
    }
  });

  test("says how to authenticate when nobody does, and when it is done wrong", async () => {
    const nobody = await fetch(`${issuer}/oauth2/userinfo`);
    expect(nobody.status).toBe(401);
    expect(nobody.headers.get("www-authenticate")).toBe(`Bearer realm="${issuer}"`);
    const basic = await fetch(`${issuer}/oauth2/userinfo`, { headers: { authorization: "Basic abc" } });
    expect(basic.status).toBe(400);
  });

  test("takes one credential, not the first of two", async () => {
    const { body } = await tokensFor(running);
    const tokens = [body.access_token, "another"];
    const authorization = tokens.flatMap((token) => ["authorization", `Bearer ${token}`]);
    const status = await new Promise((resolve, reject) => {
      const { port } = new URL(issuer);
      httpRequest(
        { port, path: "/oauth2/userinfo", headers: ["host", "localhost", ...authorization] },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      )
        .on("error", reject)
        .end();
    });
    expect(status).toBe(400);
  });

  test("lets the pages of applications ask, and nobody else's", async () => {
    const preflight = (origin: string) =>
      fetch(`${issuer}/oauth2/userinfo`, {
        method: "OPTIONS",
        headers: {
          origin,
          "access-control-request-method": "GET",
          "access-control-request-headers": "authorization",
        },
      });
    const own = await preflight(ORIGIN);
    expect(own.headers.get("access-control-allow-origin")).toBe(ORIGIN);
    expect(own.headers.get("access-control-allow-headers")).toContain("authorization");
    expect((await preflight("https://evil.example")).headers.get("access-control-allow-origin")).toBeNull();
  });
});
