import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { APPLICATIONS_CONFIG, basic, JOBS_SECRET, post, SERVER_SECRET } from "../../test/applications.ts";
import {
  AUDIENCE,
  claimsOf,
  headerOf,
  OTHER_AUDIENCE,
  type RunningIdentity,
  startIdentity,
  tokenRequest,
  tokensFor,
} from "../../test/identity.ts";
import { freePort } from "../../test/processes.ts";

let running: RunningIdentity;
let issuer: string;

beforeAll(async () => {
  running = await startIdentity({ config: APPLICATIONS_CONFIG });
  issuer = running.issuer;
});
afterAll(async () => {
  await running.identity.close();
});

async function inOwnName(form: Record<string, string | readonly string[]> = {}) {
  const { status, body } = await post(
    `${issuer}/oauth2/token`,
    { grant_type: "client_credentials", ...form },
    basic("jobs", JOBS_SECRET),
  );
  const claims = typeof body.access_token === "string" ? claimsOf(body.access_token) : {};
  return { status, body, claims, jwt: String(body.access_token) };
}

describe("a token in the application's own name", () => {
  test("is an access token of RFC 9068 whose subject is the application", async () => {
    const { status, body, claims, jwt } = await inOwnName({ audience: AUDIENCE });
    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual(["access_token", "expires_in", "scope", "token_type"]);
    expect(headerOf(jwt)).toMatchObject({ typ: "at+jwt", alg: "RS256" });
    expect(claims).toEqual({
      iss: issuer,
      sub: "jobs",
      client_id: "jobs",
      azp: "jobs",
      aud: [AUDIENCE],
      scope: "books:read",
      scp: ["books:read"],
      permissions: [],
      roles: [],
      feature_flags: {},
      jti: expect.any(String),
      iat: expect.any(Number),
      exp: Number(claims.iat) + 3600,
    });
    const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`));
    await jwtVerify(jwt, keys, { issuer, audience: AUDIENCE, typ: "at+jwt" });
  });

  test.each<[string, Record<string, string | string[]>, string[], string[]]>([
    ["no audience", {}, [], []],
    ["an empty audience", { audience: "" }, [], []],
    ["one", { audience: AUDIENCE }, [AUDIENCE], ["books:read"]],
    ["one without scopes", { audience: OTHER_AUDIENCE }, [OTHER_AUDIENCE], []],
    ["two in one", { audience: `${OTHER_AUDIENCE} ${AUDIENCE}` }, [AUDIENCE, OTHER_AUDIENCE], ["books:read"]],
    ["repeated", { audience: [AUDIENCE, OTHER_AUDIENCE] }, [AUDIENCE, OTHER_AUDIENCE], ["books:read"]],
    ["resource", { resource: AUDIENCE }, [AUDIENCE], ["books:read"]],
    ["resource and audience", { resource: AUDIENCE, audience: AUDIENCE }, [AUDIENCE], ["books:read"]],
    ["a scope", { audience: AUDIENCE, scope: "books:read" }, [AUDIENCE], ["books:read"]],
    ["an empty scope", { audience: AUDIENCE, scope: "" }, [AUDIENCE], ["books:read"]],
  ])("with %s", async (_what, form, audience, scopes) => {
    const { status, claims } = await inOwnName(form);
    expect(status).toBe(200);
    expect(claims).toMatchObject({ aud: audience, scp: scopes });
  });

  test.each<[string, Record<string, string | string[]>, string, string]>([
    [
      "an API that it may not use",
      { audience: "https://api.elsewhere.example" },
      "invalid_target",
      `'${AUDIENCE}', '${OTHER_AUDIENCE}'`,
    ],
    ["one of two", { audience: [AUDIENCE, "elsewhere"] }, "invalid_target", "'elsewhere'"],
    [
      "a scope that the API has and it has not",
      { audience: AUDIENCE, scope: "books:read books:write" },
      "invalid_scope",
      "granted are books:read",
    ],
    [
      "a scope of another API",
      { audience: OTHER_AUDIENCE, scope: "books:read" },
      "invalid_scope",
      "no scope",
    ],
    ["a scope without an API", { scope: "books:read" }, "invalid_scope", "name its audience"],
    ["a user's scope", { audience: AUDIENCE, scope: "openid" }, "invalid_scope", "'openid'"],
    [
      "a scope twice",
      { audience: AUDIENCE, scope: ["books:read", "books:read"] },
      "invalid_request",
      "scope",
    ],
    [
      "another organization's target",
      { resource: "urn:hallpass:target:W1tdXQ" },
      "invalid_target",
      "granted",
    ],
  ])("is not issued for %s, and the answer says what is granted", async (_what, form, error, text) => {
    const { status, body } = await inOwnName(form);
    expect(status).toBe(400);
    expect(body).toMatchObject({ error });
    expect(body.error_description).toContain(text);
    expect(body.access_token).toBeUndefined();
  });

  test("never comes with an ID token or a refresh token", async () => {
    const { body } = await inOwnName({ audience: AUDIENCE });
    expect(body.id_token).toBeUndefined();
    expect(body.refresh_token).toBeUndefined();
  });
});

describe("at the endpoints", () => {
  test("userinfo says that there is no user behind it", async () => {
    const { jwt } = await inOwnName({ audience: AUDIENCE });
    const response = await fetch(`${issuer}/oauth2/v2/user_profile`, {
      headers: { authorization: `Bearer ${jwt}` },
    });
    expect(response.status).toBe(403);
    expect(response.headers.get("www-authenticate")).toContain('error="insufficient_scope"');
    expect(await response.json()).toMatchObject({
      error: "insufficient_scope",
      error_description: expect.stringContaining("there is no user"),
    });
  });

  test("introspection knows it, for its own application only", async () => {
    const { jwt } = await inOwnName({ audience: AUDIENCE });
    const url = `${issuer}/oauth2/introspect`;
    expect((await post(url, { token: jwt }, basic("jobs", JOBS_SECRET))).body).toMatchObject({
      active: true,
      client_id: "jobs",
      sub: "jobs",
      aud: [AUDIENCE],
      scope: "books:read",
    });
    expect((await post(url, { token: jwt }, basic("server", SERVER_SECRET))).body).toEqual({ active: false });
  });
});

describe("what an application is not meant for stays off", () => {
  const grants = {
    authorization_code: { code: "x", redirect_uri: "http://localhost:4305/callback", code_verifier: "x" },
    refresh_token: { refresh_token: "x" },
  };

  test.each(Object.entries(grants))("a machine has no %s", async (grant_type, form) => {
    const { status, body } = await post(
      `${issuer}/oauth2/token`,
      { grant_type, ...form },
      basic("jobs", JOBS_SECRET),
    );
    expect(status).toBe(400);
    expect(body).toEqual({
      error: "unauthorized_client",
      error_description: expect.stringContaining(grant_type),
    });
  });

  test("a refresh token of somebody's sign-in is nothing in the hands of a machine", async () => {
    const { body } = await tokensFor(running);
    const stolen = { grant_type: "refresh_token", refresh_token: body.refresh_token };
    expect((await post(`${issuer}/oauth2/token`, stolen, basic("jobs", JOBS_SECRET))).status).toBe(400);
    expect((await post(`${issuer}/oauth2/token`, stolen, basic("server", SERVER_SECRET))).body.error).toBe(
      "invalid_grant",
    );
  });

  test("nobody signs in to a machine", async () => {
    const url = new URL(`${issuer}/oauth2/auth`);
    url.search = String(
      new URLSearchParams({
        client_id: "jobs",
        response_type: "code",
        redirect_uri: "http://localhost:4302/callback",
        scope: "openid",
        code_challenge: "x".repeat(43),
        code_challenge_method: "S256",
      }),
    );
    const page = await running.browser().open(url.href);
    expect(page.leftFor).toBeUndefined();
    expect(page.status).toBe(400);
  });

  test.each([
    ["a public client", { client_id: "bookstore-web" }, {}, "public client"],
    ["a web server that uses no API in its own name", {}, basic("server", SERVER_SECRET), "no API"],
  ])("%s gets no token in its own name", async (_what, form, headers, why) => {
    const { status, body } = await post(
      `${issuer}/oauth2/token`,
      { grant_type: "client_credentials", ...form },
      headers,
    );
    expect(status).toBe(400);
    expect(body).toMatchObject({
      error: "unauthorized_client",
      error_description: expect.stringContaining(why),
    });
  });

  test("an unknown grant type is unsupported", async () => {
    for (const grant_type of ["password", "implicit", "CLIENT_CREDENTIALS", "urn:made:up"]) {
      expect((await tokenRequest(issuer, { grant_type })).body.error).toBe("unsupported_grant_type");
    }
  });
});

test("the command's tokens of users are for applications that users sign in to", async () => {
  await expect(
    running.identity.issueToken({ email: "ada@example.com", clientId: "jobs" }),
  ).rejects.toMatchObject({ code: "application_unknown" });
  const config = {
    ...APPLICATIONS_CONFIG,
    applications: [...(APPLICATIONS_CONFIG.applications ?? [])].reverse(),
  };
  await using other = await startIdentity({ config }).then(({ identity }) => identity);
  const { accessToken } = await other.issueToken({ email: "ada@example.com" });
  expect(claimsOf(accessToken).client_id).toBe("phone");
});

test("an application that leaves the configuration takes its tokens with it, its own and its users'", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "hallpass-gone-"));
  const [port, laterPort] = [await freePort(), await freePort()];
  const options = { dataDir, port, issuer: `http://localhost:${port}` };
  const leaving = ["jobs", "bookstore-web"];
  const remaining = APPLICATIONS_CONFIG.applications?.filter(({ clientId }) => !leaving.includes(clientId));
  const profile = (jwt: string, at = port) =>
    fetch(`http://localhost:${at}/oauth2/v2/user_profile`, { headers: { authorization: `Bearer ${jwt}` } });

  const before = await startIdentity({ config: APPLICATIONS_CONFIG, ...options });
  const { body: own } = await post(
    `${options.issuer}/oauth2/token`,
    { grant_type: "client_credentials" },
    basic("jobs", JOBS_SECRET),
  );
  const { body: users } = await tokensFor(before);
  expect((await profile(users.access_token)).status).toBe(200);
  expect((await profile(String(own.access_token))).status).toBe(403);
  await before.identity.close();

  const config = { ...APPLICATIONS_CONFIG, applications: remaining ?? [] };
  // At another port, because the client would reuse a connection of the server that is gone.
  const after = await startIdentity({ config, ...options, port: laterPort });
  expect((await profile(users.access_token, laterPort)).status).toBe(401);
  expect((await profile(String(own.access_token), laterPort)).status).toBe(401);
  await after.identity.close();
  rmSync(dataDir, { recursive: true });
});
