import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  AUDIENCE,
  arrived,
  authorizationRequest,
  CLIENT_ID,
  claimsOf,
  exchange,
  HOME,
  headerOf,
  OTHER_AUDIENCE,
  type RunningIdentity,
  refresh,
  signIn,
  startIdentity,
  tokenRequest,
  tokensFor,
} from "../../test/identity.ts";
import { startKinde } from "../../test/kinde.ts";

let running: RunningIdentity;
let issuer: string;

beforeAll(async () => {
  running = await startKinde();
  ({ issuer } = running);
});
afterAll(async () => {
  await running.identity.close();
});

describe("the authorization request of Kinde's SDKs", () => {
  test.each<[string, Record<string, string | string[] | undefined>]>([
    [
      "the React SDK with everything it can say",
      {
        login_hint: "ada@example.com",
        connection_id: "conn_1",
        audience: "",
        scope: "email profile openid offline",
        lang: "en",
        org_code: "org_library",
        supports_reauth: "true",
        has_success_page: "true",
        workflow_deployment_id: "w_1",
        plan_interest: "pro",
        pricing_table_key: "t",
        pages_mode: "preview",
        utm_source: "letter",
        state: Buffer.from('{"kinde":{"event":"login"},"redirectTo":"/"}').toString("base64url"),
        nonce: "0123456789abcdef",
      },
    ],
    ["the TypeScript SDK, which sends no nonce", { nonce: undefined, audience: [AUDIENCE, OTHER_AUDIENCE] }],
    [
      "the Python SDK, which asks for no refresh token",
      { scope: "openid profile email", supports_reauth: "true" },
    ],
    ["parameters that nobody knows", { reauth_state: "e30=", is_use_auth_success_page: "x", "a[b]": "c" }],
  ])("%s", async (_title, parameters) => {
    const { status, body } = await tokensFor(running, parameters);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      access_token: expect.any(String),
      id_token: expect.any(String),
      refresh_token: expect.any(String),
      expires_in: expect.any(Number),
    });
  });

  test.each<[string, Record<string, string>]>([
    ["prompt=create", { prompt: "create" }],
    ["start_page=registration", { start_page: "registration" }],
  ])("%s leads to the registration page", async (_title, parameters) => {
    const page = await running.browser().open(authorizationRequest(issuer, parameters).url);
    expect(page.html).toContain("givenName");
  });

  test.each([
    ["one", AUDIENCE, [AUDIENCE]],
    ["none, but the parameter is there", "", []],
    ["several in one", `${AUDIENCE} ${OTHER_AUDIENCE}`, [AUDIENCE, OTHER_AUDIENCE]],
    ["several, repeated", [AUDIENCE, OTHER_AUDIENCE], [AUDIENCE, OTHER_AUDIENCE]],
  ])("audience: %s", async (_title, audience, expected) => {
    const { body } = await tokensFor(running, { audience });
    expect(new Set(claimsOf(body.access_token).aud as string[])).toEqual(new Set(expected));
  });

  test.each([
    ["without the slash that is registered", "http://localhost:4302", "http://localhost:4302/"],
    ["with a slash that is not", "http://localhost:4302/callback/", "http://localhost:4302/callback"],
    [
      "with it at one endpoint and without it at the other",
      "http://localhost:4302/callback",
      "http://localhost:4302/callback/",
    ],
  ])("the redirect URI %s", async (_title, first, second) => {
    const request = authorizationRequest(issuer, { redirect_uri: first });
    const callback = await signIn(running.browser(), request);
    expect(callback.searchParams.get("state")).toBe(request.state);
    expect((await exchange(issuer, request, callback, { redirect_uri: second })).status).toBe(200);
  });

  test("the redirect URI differs by nothing but that", async () => {
    for (const foreign of [
      "http://localhost:4302/callback//",
      "http://localhost:4302/callback/x",
      "http://localhost:4302/callback?a=b",
      "http://localhost:4302/?/",
      "http://localhost:4302.example.com/callback",
      "http://LOCALHOST:4302/callback",
      "javascript:alert(1)/",
    ]) {
      const page = await running.browser().open(authorizationRequest(issuer, { redirect_uri: foreign }).url);
      expect(page.leftFor, foreign).toBeUndefined();
      expect(page.status).toBe(400);
    }
  });

  test("a public application still needs PKCE", async () => {
    const none = authorizationRequest(issuer, {
      code_challenge: undefined,
      code_challenge_method: undefined,
    });
    const page = await running.browser().open(none.url);
    expect(page.leftFor?.searchParams.get("error")).toBe("invalid_request");
  });

  test("prompt=none switches the organization of somebody who is signed in, and is refused to others", async () => {
    const browser = running.browser();
    await signIn(browser, authorizationRequest(issuer));
    const silent = authorizationRequest(issuer, { prompt: "none", org_code: "org_library" });
    const { body } = await exchange(issuer, silent, await signIn(browser, silent));
    expect(claimsOf(body.access_token).org_code).toBe("org_library");
    const stranger = await running.browser().open(authorizationRequest(issuer, { prompt: "none" }).url);
    expect(stranger.leftFor?.searchParams.get("error")).toBe("login_required");
  });

  test("an ID token of this face is a hint that is understood", async () => {
    const browser = running.browser();
    const { body } = await tokensFor(running, {}, browser);
    const silent = authorizationRequest(issuer, { prompt: "none", id_token_hint: body.id_token });
    expect((await signIn(browser, silent)).searchParams.get("code")).toBeTruthy();
  });
});

describe("the token endpoint in Kinde's face", () => {
  test("answers with all tokens without openid and offline, because the SDK counts less as a failure", async () => {
    const { body } = await tokensFor(running, { scope: "profile email" });
    expect(body.id_token).toBeTruthy();
    const renewed = await refresh(issuer, body.refresh_token);
    expect(renewed.status).toBe(200);
    expect(renewed.body.id_token).toBeTruthy();
  });

  test("a refresh token that nobody asked for ends with the session", async () => {
    const browser = running.browser();
    const { body } = await tokensFor(running, { scope: "openid profile email" }, browser);
    await browser.open(`${issuer}/logout`, { headers: { "sec-fetch-site": "same-site" } });
    expect((await refresh(issuer, body.refresh_token)).body.error).toBe("invalid_grant");
  });

  test("elsewhere a refresh token comes with offline only", async () => {
    const standard = await startIdentity();
    const { body } = await tokensFor(standard, { scope: "openid profile email" });
    expect(body.refresh_token).toBeUndefined();
    await standard.identity.close();
  });

  test("lets a refresh say its scope again, as the Python SDK does", async () => {
    const { body } = await tokensFor(running);
    const renewed = await refresh(issuer, body.refresh_token, { scope: "openid profile email offline" });
    expect(renewed.status).toBe(200);
  });

  test.each<[string, Record<string, string>]>([
    [
      "a code from nowhere",
      { grant_type: "authorization_code", code: "x", redirect_uri: HOME, code_verifier: "v".repeat(43) },
    ],
    ["no grant type", {}],
    ["an unknown grant type", { grant_type: "password" }],
    ["an unknown application", { grant_type: "refresh_token", refresh_token: "x", client_id: "spa@live" }],
    ["an empty refresh token", { grant_type: "refresh_token", refresh_token: "" }],
  ])("%s is an error by its status and by its JSON", async (_title, form) => {
    const { status, headers, body } = await tokenRequest(issuer, form, { headers: { accept: "text/html" } });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(headers.get("content-type")).toContain("application/json");
    expect(body.error).toEqual(expect.any(String));
    expect(body.error_description).toEqual(expect.any(String));
  });

  test("the preflight of a request with the Kinde-SDK header is answered", async () => {
    const preflight = await fetch(`${issuer}/oauth2/token`, {
      method: "OPTIONS",
      headers: {
        origin: "http://localhost:4302",
        "access-control-request-method": "POST",
        "access-control-request-headers": "kinde-sdk,content-type",
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-headers")).toBe("kinde-sdk,content-type");
    expect(preflight.headers.get("access-control-allow-credentials")).toBe("true");
    expect(preflight.headers.get("access-control-allow-origin")).toBe("http://localhost:4302");
  });
});

describe("tokens in Kinde's face", () => {
  test("the access token says everything that Kinde's SDKs read, and what RFC 9068 wants", async () => {
    const { body } = await tokensFor(running);
    expect(headerOf(body.access_token)).toEqual({ alg: "RS256", kid: expect.any(String), typ: "at+jwt" });
    expect(claimsOf(body.access_token)).toEqual({
      iss: issuer,
      sub: expect.stringMatching(/^kp_/),
      aud: [AUDIENCE],
      azp: CLIENT_ID,
      client_id: CLIENT_ID,
      scope: "openid profile email offline",
      scp: ["openid", "profile", "email", "offline"],
      exp: expect.any(Number),
      iat: expect.any(Number),
      auth_time: expect.any(Number),
      sid: expect.any(String),
      jti: expect.any(String),
      org_code: "org_bookstore",
      org_name: "The Bookstore",
      permissions: ["create:books", "read:books"],
      roles: [{ id: expect.any(String), key: "editor", name: "Editor" }],
      feature_flags: {
        beta: { t: "b", v: true },
        shelves: { t: "i", v: 3 },
        theme: { t: "s", v: "sand" },
      },
      user_properties: { kp_usr_city: { v: "London" } },
      organization_properties: { region: { v: "eu" } },
    });
  });

  test("the ID token says everything that Kinde's SDKs read", async () => {
    const request = authorizationRequest(issuer);
    const { body } = await exchange(issuer, request, await signIn(running.browser(), request));
    const claims = claimsOf(body.id_token);
    expect(claims).toMatchObject({
      iss: issuer,
      sub: claimsOf(body.access_token).sub,
      aud: [issuer, CLIENT_ID],
      azp: CLIENT_ID,
      nonce: request.nonce,
      at_hash: expect.any(String),
      exp: expect.any(Number),
      iat: expect.any(Number),
      rat: claims.iat,
      auth_time: expect.any(Number),
      jti: expect.any(String),
      name: "Ada Lovelace",
      given_name: "Ada",
      family_name: "Lovelace",
      email: "ada@example.com",
      email_verified: expect.any(Boolean),
      picture: "https://images.example.com/ada.png",
      updated_at: expect.any(Number),
      org_codes: ["org_bookstore", "org_library"],
      organizations: [
        { id: "org_bookstore", name: "The Bookstore" },
        { id: "org_library", name: "The Library" },
      ],
      user_properties: { kp_usr_city: { v: "London" } },
    });
  });

  test("nothing is missing for somebody without a property and a picture", async () => {
    const { body } = await tokensFor(running, { audience: undefined }, undefined, "bob@example.com");
    expect(claimsOf(body.access_token)).toMatchObject({
      aud: [],
      permissions: ["read:books"],
      org_code: "org_bookstore",
    });
    expect(claimsOf(body.access_token)).not.toHaveProperty("user_properties");
    expect(claimsOf(body.id_token)).not.toHaveProperty("picture");
  });

  test("elsewhere the audience of an ID token is the application alone", async () => {
    const standard = await startIdentity();
    const { body } = await tokensFor(standard);
    expect(claimsOf(body.id_token).aud).toBe(CLIENT_ID);
    expect(claimsOf(body.access_token)).toMatchObject({ client_id: CLIENT_ID, scope: expect.any(String) });
    expect(headerOf(body.access_token).typ).toBe("at+jwt");
    await standard.identity.close();
  });

  test("no header of a token has a character that base64 and base64url write differently", async () => {
    const { body } = await tokensFor(running);
    for (const token of [body.access_token, body.id_token]) {
      expect(token.split(".")[0]).not.toMatch(/[-_]/);
    }
  });

  test("the management API can be asked for in both spellings, without being configured", async () => {
    for (const audience of [`${issuer}/api`, `https://${new URL(issuer).host}/api`]) {
      const { body } = await tokensFor(running, { audience });
      expect(claimsOf(body.access_token).aud).toEqual([audience]);
    }
  });
});

describe("the discovery document", () => {
  test("names the four endpoints that Kinde's Python SDK reads, each of which answers", async () => {
    const document = (await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()) as Record<
      string,
      string
    >;
    expect(document).toMatchObject({
      issuer,
      authorization_endpoint: `${issuer}/oauth2/auth`,
      token_endpoint: `${issuer}/oauth2/token`,
      end_session_endpoint: `${issuer}/logout`,
      userinfo_endpoint: `${issuer}/oauth2/v2/user_profile`,
      jwks_uri: `${issuer}/.well-known/jwks`,
    });
    for (const path of [".well-known/jwks", ".well-known/jwks.json"]) {
      const { keys } = (await (await fetch(`${issuer}/${path}`)).json()) as {
        keys: Record<string, string>[];
      };
      expect(keys[0]).toMatchObject({
        kty: "RSA",
        use: "sig",
        alg: "RS256",
        kid: expect.any(String),
        e: "AQAB",
      });
    }
  });
});

describe("profiles", () => {
  const get = async (path: string, token: string, init: RequestInit = {}) => {
    const response = await fetch(issuer + path, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${token}` },
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  test("the second version has every name, also of what is not known", async () => {
    const { body } = await tokensFor(running);
    for (const path of ["/oauth2/v2/user_profile", "/oauth2/userinfo"]) {
      expect(await get(path, body.access_token)).toEqual({
        status: 200,
        body: {
          sub: expect.stringMatching(/^kp_/),
          id: expect.stringMatching(/^kp_/),
          provided_id: null,
          preferred_username: null,
          name: "Ada Lovelace",
          given_name: "Ada",
          family_name: "Lovelace",
          email: "ada@example.com",
          email_verified: expect.any(Boolean),
          picture: "https://images.example.com/ada.png",
          updated_at: expect.any(Number),
          org_codes: ["org_bookstore", "org_library"],
        },
      });
    }
  });

  test("the first version", async () => {
    const { body } = await tokensFor(running);
    expect(await get("/oauth2/user_profile", body.access_token)).toEqual({
      status: 200,
      body: {
        id: expect.stringMatching(/^kp_/),
        preferred_email: "ada@example.com",
        username: null,
        provided_id: null,
        first_name: "Ada",
        last_name: "Lovelace",
        picture: "https://images.example.com/ada.png",
      },
    });
  });

  test("neither tells what the token has no scope for", async () => {
    const { body } = await tokensFor(running, { scope: "openid" });
    for (const path of ["/oauth2/v2/user_profile", "/oauth2/user_profile"]) {
      const text = JSON.stringify(await get(path, body.access_token));
      expect(text).not.toMatch(/ada|lovelace/i);
    }
  });

  test("an ID token opens no profile", async () => {
    const { body } = await tokensFor(running);
    expect(await get("/oauth2/user_profile", body.id_token)).toMatchObject({
      status: 401,
      body: { error: "invalid_token" },
    });
  });
});

describe("signing out", () => {
  const someone = async () => {
    const browser = running.browser();
    const { body } = await tokensFor(running, {}, browser);
    return { browser, body };
  };

  test.each<[string, string, Record<string, string>]>([
    ["a redirect that is not URL-encoded", `redirect=${HOME}`, { "sec-fetch-site": "same-site" }],
    ["without the slash", "redirect=http://localhost:4302", { "sec-fetch-site": "same-site" }],
    [
      "redirect_uri with client_id and state",
      `client_id=${CLIENT_ID}&redirect_uri=${HOME}&state=s`,
      { "sec-fetch-site": "same-origin" },
    ],
    [
      "post_logout_redirect_uri",
      `post_logout_redirect_uri=${encodeURIComponent(HOME)}`,
      { "sec-fetch-site": "none" },
    ],
    ["a client that is no browser", `redirect=${HOME}`, {}],
    ["a browser that only names its page", `redirect=${HOME}`, { referer: "http://localhost:4302/books" }],
  ])("%s needs no question", async (_title, query, headers) => {
    const { browser, body } = await someone();
    const page = await browser.open(`${issuer}/logout?${query}`, { headers });
    expect(arrived(page).origin).toBe("http://localhost:4302");
    expect(page.leftFor?.searchParams.get("state")).toBe(query.includes("state=s") ? "s" : null);
    expect((await refresh(issuer, body.refresh_token)).body.error).toBe("invalid_grant");
  });

  test.each<[string, string, Record<string, string>]>([
    ["another site", `redirect=${HOME}`, { "sec-fetch-site": "cross-site" }],
    ["a page of another site", `redirect=${HOME}`, { referer: "https://evil.example/" }],
    ["nobody knows where, without a target", "", {}],
    ["nobody knows where, with an empty target", "redirect=", {}],
  ])("asked for by %s needs one", async (_title, query, headers) => {
    const { browser, body } = await someone();
    const page = await browser.open(`${issuer}/logout?${query}`, { headers });
    expect(page.leftFor).toBeUndefined();
    expect(page.html).toContain("Sign out?");
    expect((await refresh(issuer, body.refresh_token)).status).toBe(200);
  });

  test("an empty redirect of the same site ends on the server's own page", async () => {
    const { browser } = await someone();
    const page = await browser.open(`${issuer}/logout?redirect=`, {
      headers: { "sec-fetch-site": "same-site" },
    });
    expect(page.html).toContain("You are signed out");
  });

  test.each(["https://evil.example", `${HOME}x`, "//evil.example", "javascript:alert(1)"])(
    "%s is never followed",
    async (target) => {
      for (const name of ["redirect", "redirect_uri", "post_logout_redirect_uri"]) {
        const { browser } = await someone();
        const page = await browser.open(`${issuer}/logout?${name}=${target}`, {
          headers: { "sec-fetch-site": "same-site" },
        });
        expect(page.leftFor).toBeUndefined();
        expect(page.status).toBe(400);
      }
    },
  );

  test("all_sessions ends those in other browsers too, and nobody else's", async () => {
    const one = await someone();
    const other = await someone();
    const bob = await tokensFor(running, {}, running.browser(), "bob@example.com");
    await one.browser.open(`${issuer}/logout?all_sessions=true`, {
      headers: { "sec-fetch-site": "same-site" },
    });
    expect((await refresh(issuer, other.body.refresh_token)).body.error).toBe("invalid_grant");
    const profile = await fetch(`${issuer}/oauth2/userinfo`, {
      headers: { authorization: `Bearer ${other.body.access_token}` },
    });
    expect(profile.status).toBe(401);
    const silent = await other.browser.open(authorizationRequest(issuer, { prompt: "none" }).url);
    expect(silent.leftFor?.searchParams.get("error")).toBe("login_required");
    expect((await refresh(issuer, bob.body.refresh_token)).status).toBe(200);
  });

  test("all_sessions is not forgotten by the question", async () => {
    const one = await someone();
    const other = await someone();
    const page = await one.browser.open(`${issuer}/logout?all_sessions=true`, {
      headers: { "sec-fetch-site": "cross-site" },
    });
    await one.browser.submit(page, { logout: "yes" });
    expect((await refresh(issuer, other.body.refresh_token)).body.error).toBe("invalid_grant");
  });

  test("signing out of one browser leaves the other alone", async () => {
    const one = await someone();
    const other = await someone();
    await one.browser.open(`${issuer}/logout`, { headers: { "sec-fetch-site": "same-site" } });
    expect((await refresh(issuer, other.body.refresh_token)).status).toBe(200);
  });
});
