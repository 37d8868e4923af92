import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  AUDIENCE,
  type AuthorizationRequest,
  arrived,
  authorizationRequest,
  CLIENT_ID,
  CONFIG,
  claimsOf,
  exchange,
  HOME,
  headerOf,
  ORIGIN,
  PASSWORD,
  REDIRECT_URI,
  type RunningIdentity,
  signIn,
  startIdentity,
} from "../../test/identity.ts";

const ada = { email: "ada@example.com", password: PASSWORD };

let running: RunningIdentity;
let origin: string;

beforeAll(async () => {
  running = await startIdentity({ config: { ...CONFIG, face: "auth0" } });
  origin = new URL(running.issuer).origin;
});
afterAll(() => running.identity.close());

/** An authorization request at Auth0's address. */
function authorize(parameters: Record<string, string | string[] | undefined> = {}): AuthorizationRequest {
  const request = authorizationRequest(origin, {
    scope: "openid profile email offline_access",
    ...parameters,
  });
  return { ...request, url: request.url.replace("/oauth2/auth?", "/authorize?") };
}

async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${origin}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: ORIGIN, ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text && JSON.parse(text) };
}

/** Signs in, and exchanges the code in JSON. */
async function tokens(parameters: Record<string, string> = {}, browser = running.browser()) {
  const request = authorize(parameters);
  const callback = await signIn(browser, request);
  const { status, body } = await post("/oauth/token", {
    grant_type: "authorization_code",
    client_id: CLIENT_ID,
    code: callback.searchParams.get("code"),
    code_verifier: request.verifier,
    redirect_uri: REDIRECT_URI,
  });
  expect(status, JSON.stringify(body)).toBe(200);
  return body as { access_token: string; id_token: string; refresh_token: string };
}

describe("addresses", () => {
  test("discovery states Auth0's, and an issuer that ends with a slash", async () => {
    const response = await fetch(`${origin}/.well-known/openid-configuration`);
    expect(await response.json()).toMatchObject({
      issuer: `${origin}/`,
      authorization_endpoint: `${origin}/authorize`,
      token_endpoint: `${origin}/oauth/token`,
      revocation_endpoint: `${origin}/oauth/revoke`,
      userinfo_endpoint: `${origin}/userinfo`,
      jwks_uri: `${origin}/.well-known/jwks.json`,
      end_session_endpoint: `${origin}/oidc/logout`,
      response_modes_supported: ["query", "fragment", "form_post", "web_message"],
    });
    expect(running.identity.issuer).toBe(`${origin}/`);
    expect(running.identity.describe().discoveryUrl).toBe(`${origin}/.well-known/openid-configuration`);
  });

  test("every address that discovery states is there", async () => {
    const response = await fetch(`${origin}/.well-known/openid-configuration`);
    for (const [name, address] of Object.entries((await response.json()) as Record<string, string>)) {
      if (!/_endpoint$|_uri$/.test(name)) continue;
      expect((await fetch(address, { redirect: "manual" })).status, name).not.toBe(404);
    }
  });

  test("the answer to a sign-in names the issuer with its slash (RFC 9207)", async () => {
    const callback = await signIn(running.browser(), authorize());
    expect(callback.searchParams.get("iss")).toBe(`${origin}/`);
  });

  test("a page of the application may call the token endpoint with Auth0's header", async () => {
    const preflight = await fetch(`${origin}/oauth/token`, {
      method: "OPTIONS",
      headers: {
        origin: ORIGIN,
        "access-control-request-method": "POST",
        "access-control-request-headers": "auth0-client,content-type",
      },
    });
    expect(preflight.headers.get("access-control-allow-origin")).toBe(ORIGIN);
    expect(preflight.headers.get("access-control-allow-headers")).toContain("auth0-client");
  });
});

describe("tokens", () => {
  test("have Auth0's claims", async () => {
    const { access_token, id_token, refresh_token } = await tokens();
    expect(headerOf(access_token)).toMatchObject({ alg: "RS256", typ: "at+jwt" });
    const accessToken = claimsOf(access_token);
    expect(accessToken).toMatchObject({
      iss: `${origin}/`,
      aud: [AUDIENCE],
      azp: CLIENT_ID,
      client_id: CLIENT_ID,
      scope: "openid profile email offline",
      permissions: ["create:books", "read:books"],
      org_id: "org_bookstore",
      org_name: "org_bookstore",
    });
    expect(accessToken).not.toHaveProperty("gty");
    const idToken = claimsOf(id_token);
    expect(idToken).toMatchObject({
      iss: `${origin}/`,
      aud: CLIENT_ID,
      sub: accessToken.sub,
      sid: accessToken.sid,
      name: "Ada Lovelace",
      nickname: "ada",
      email: ada.email,
      email_verified: expect.any(Boolean),
      org_id: "org_bookstore",
    });
    expect(idToken).not.toHaveProperty("org_codes");
    expect(refresh_token).toEqual(expect.any(String));
  });

  test("of a sign-in without the scopes profile and email say nothing of the person", async () => {
    const { id_token } = await tokens({ scope: "openid" });
    for (const name of ["nickname", "name", "email", "updated_at"]) {
      expect(claimsOf(id_token)).not.toHaveProperty(name);
    }
  });

  test("are good for userinfo, which has the same profile", async () => {
    const { access_token, id_token } = await tokens();
    const response = await fetch(`${origin}/userinfo`, {
      headers: { authorization: `Bearer ${access_token}` },
    });
    const { sub, nickname, name, picture, email, updated_at } = claimsOf(id_token);
    expect(await response.json()).toMatchObject({ sub, nickname, name, picture, email, updated_at });
  });

  test("of the command line have the same issuer and claims", async () => {
    const { accessToken } = await running.identity.issueToken({ email: ada.email });
    expect(claimsOf(accessToken)).toMatchObject({ iss: `${origin}/`, org_id: "org_bookstore" });
  });
});

describe("requests in JSON", () => {
  test("refresh and revoke", async () => {
    const { refresh_token } = await tokens();
    const refreshed = await post("/oauth/token", {
      grant_type: "refresh_token",
      client_id: CLIENT_ID,
      refresh_token,
    });
    expect(refreshed.status).toBe(200);
    const revoked = await post("/oauth/revoke", {
      client_id: CLIENT_ID,
      token: refreshed.body.refresh_token,
      token_type_hint: "refresh_token",
    });
    expect(revoked.status).toBe(200);
    expect(revoked.headers.get("content-type")).toBeNull();
    const again = await post("/oauth/token", {
      grant_type: "refresh_token",
      client_id: CLIENT_ID,
      refresh_token: refreshed.body.refresh_token,
    });
    expect(again).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
  });

  test.each([
    ["an array", "[]"],
    ["a text", '"grant_type"'],
    ["nothing", "null"],
    ["broken JSON", '{"grant_type":'],
    ["an object inside", '{"grant_type":"refresh_token","refresh_token":{"$ne":1}}'],
    ["an array inside", '{"grant_type":["refresh_token"]}'],
    ["NUL", '{"grant_type":"refresh_token\\u0000"}'],
    ["a value of 5 kB", JSON.stringify({ grant_type: "x".repeat(5000) })],
  ])("are refused with %s", async (_name, body) => {
    expect(await post("/oauth/token", body)).toMatchObject({
      status: 400,
      body: { error: "invalid_request" },
    });
  });

  test("are refused when they are too large", async () => {
    const { status } = await post("/oauth/token", `{"a":"${"x".repeat(100_000)}"}`);
    expect(status).toBe(413);
  });

  test("are refused in other faces", async () => {
    const other = await startIdentity();
    const response = await fetch(`${other.issuer}/oauth2/token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ grant_type: "refresh_token" }),
    });
    expect(response.status).toBe(400);
    await other.identity.close();
  });
});

describe("the refresh cookie", () => {
  test("is sent to the token endpoint that discovery states, until the sign-out", async () => {
    const browser = running.browser();
    const request = authorize();
    const callback = await signIn(browser, request);
    const code = callback.searchParams.get("code") ?? "";
    const send = async (form: Record<string, string>) => {
      const response = await browser.send(`${origin}/oauth/token`, {
        method: "POST",
        headers: { origin: ORIGIN },
        body: new URLSearchParams({ client_id: CLIENT_ID, refresh_token_transport: "cookie", ...form }),
      });
      return { status: response.status, body: await response.json() };
    };
    const first = await send({
      grant_type: "authorization_code",
      code,
      redirect_uri: REDIRECT_URI,
      code_verifier: request.verifier,
    });
    expect(first.status).toBe(200);
    expect(first.body).not.toHaveProperty("refresh_token");
    expect(browser.cookiesFor(`${origin}/oauth/token`).size).toBe(
      browser.cookiesFor(`${origin}/userinfo`).size + 1,
    );
    expect((await send({ grant_type: "refresh_token" })).status).toBe(200);

    const leave = `${origin}/v2/logout?${new URLSearchParams({ client_id: CLIENT_ID, returnTo: HOME })}`;
    await browser.open(leave, { headers: { "sec-fetch-site": "same-site", accept: "text/html" } });
    expect(browser.cookiesFor(`${origin}/oauth/token`).size).toBe(0);
  });
});

describe("parameters", () => {
  test("screen_hint=signup leads to the registration, unless prompt says otherwise", async () => {
    const register = await running.browser().open(authorize({ screen_hint: "signup" }).url);
    expect(register.html).toContain("Create an account</h1>");
    const hints = await running.browser().open(authorize({ screen_hint: "signup", prompt: "login" }).url);
    expect(hints.html).toContain("Sign in</h1>");
  });

  test("organization chooses the organization, and is refused when it is there twice", async () => {
    const { access_token } = await tokens({ organization: "org_library" });
    expect(claimsOf(access_token)).toMatchObject({ org_id: "org_library", permissions: ["read:books"] });
    const twice = await running
      .browser()
      .open(authorize({ organization: ["org_library", "org_bookstore"] }).url);
    expect(arrived(twice).searchParams.get("error")).toBe("invalid_request");
  });

  test("auth0Client, connection and unknown ones are no obstacle", async () => {
    await tokens({ auth0Client: "eyJuYW1lIjoiYXV0aDAifQ", connection: "google", "ext-x": "y" });
  });

  test("audience may name no API that is not registered", async () => {
    const page = await running.browser().open(authorize({ audience: "https://foreign.example" }).url);
    expect(arrived(page).searchParams.get("error")).toBe("invalid_target");
  });
});

describe("hostile parameters", () => {
  const values = {
    markup: '"><script>alert(1)</script>',
    "a line break": "a\r\nset-cookie: a=b",
    NUL: "a\u0000b",
    "5 kB": "x".repeat(5000),
  };

  test.each(Object.entries(values))(
    "with %s never lead elsewhere, and are not repeated",
    async (_name, value) => {
      const addresses = [
        ...["organization", "invitation", "screen_hint", "connection"].map(
          (name) => authorize({ [name]: value }).url,
        ),
        `${origin}/v2/logout?${new URLSearchParams({ returnTo: value })}`,
        `${origin}/v2/logout?${new URLSearchParams({ client_id: value, returnTo: HOME })}`,
        `${origin}/oidc/logout?${new URLSearchParams({ id_token_hint: value })}`,
      ];
      for (const address of addresses) {
        const response = await fetch(address, { redirect: "manual", headers: { accept: "text/html" } });
        expect(response.status, address).toBeLessThan(500);
        expect(await response.text()).not.toContain("<script>alert");
        expect(response.headers.getSetCookie().join()).not.toContain("a=b");
        const location = response.headers.get("location");
        const known =
          location === null || location.startsWith("/interaction/") || location.startsWith(REDIRECT_URI);
        expect(known, `${address} leads to ${location}`).toBe(true);
      }
    },
  );
});

describe("an answer for a hidden frame", () => {
  const silent = { response_mode: "web_message", prompt: "none" };

  /** What the page says, to whom, and who may have it in a frame. */
  async function answer(parameters: Record<string, string>, browser = running.browser()) {
    const request = authorize({ ...silent, ...parameters });
    const { html, status, headers } = await browser.open(request.url);
    const [, data = ""] = /<script id="answer" type="application\/json">(.*?)<\/script>/s.exec(html) ?? [];
    return { request, status, headers, html, ...JSON.parse(data) };
  }

  test("is a code where somebody is signed in", async () => {
    const browser = running.browser();
    await signIn(browser, authorize());
    const { request, message, origin: target } = await answer({}, browser);
    expect(target).toBe(ORIGIN);
    expect(message).toEqual({
      type: "authorization_response",
      response: { code: expect.any(String), state: request.state, iss: `${origin}/` },
    });
    const callback = new URL(`${REDIRECT_URI}?code=${message.response.code}`);
    expect((await exchange(origin, request, callback)).status).toBe(200);
  });

  test("is an error where nobody is", async () => {
    const { status, message, request } = await answer({});
    expect(status).toBe(200);
    expect(message.response).toMatchObject({ error: "login_required", state: request.state });
  });

  test("may be framed by the application's own origins alone, and runs no script but its own", async () => {
    const { headers } = await answer({});
    expect(headers.get("x-frame-options")).toBeNull();
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(/frame-ancestors http:\/\/localhost:4302$/);
    expect(policy).toMatch(/default-src 'none'; script-src 'sha256-[\w+/]+='/);
  });

  test("does not let the state out of its quotes", async () => {
    const state = `</script><script>alert(1)</script>"'&\u2028`;
    const { html, message } = await answer({ state });
    expect(html).not.toContain("<script>alert");
    expect(message.response.state).toBe(state);
  });

  test("is not for an address that is not registered", async () => {
    const request = authorize({ ...silent, redirect_uri: "https://foreign.example/" });
    const { status, headers, html } = await running.browser().open(request.url);
    expect(status).toBe(400);
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(html).not.toContain("authorization_response");
  });

  test("is not there in other faces", async () => {
    const other = await startIdentity();
    const page = await other.browser().open(authorizationRequest(other.issuer, silent).url);
    expect(page.html).not.toContain("authorization_response");
    await other.identity.close();
  });

  test("never has the sign-in page in the frame", async () => {
    const page = await running.browser().open(authorize({ response_mode: "web_message" }).url);
    expect(page.html).toContain("Sign in</h1>");
    expect(page.headers.get("x-frame-options")).toBe("DENY");
    expect(page.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  });
});

describe("signing out", () => {
  const logout = (parameters: Record<string, string>) =>
    `${origin}/v2/logout?${new URLSearchParams(parameters)}&federated`;
  const sameSite = { headers: { "sec-fetch-site": "same-site", accept: "text/html" } };

  test("ends the session and returns to a registered address", async () => {
    const browser = running.browser();
    await signIn(browser, authorize());
    const page = await browser.open(logout({ client_id: CLIENT_ID, returnTo: HOME }), sameSite);
    expect(arrived(page).href).toBe(HOME);
    const again = await browser.open(authorize({ prompt: "none" }).url);
    expect(arrived(again).searchParams.get("error")).toBe("login_required");
  });

  test("returns to no other address, and then signs nobody out", async () => {
    const browser = running.browser();
    await signIn(browser, authorize());
    for (const returnTo of ["https://foreign.example/", `${HOME}x`, "http://localhost:4309/bye", ORIGIN]) {
      const page = await browser.open(logout({ client_id: CLIENT_ID, returnTo }), sameSite);
      expect(page).toMatchObject({ status: 400, leftFor: undefined });
    }
    const again = await browser.open(authorize({ prompt: "none" }).url);
    expect(arrived(again).searchParams.has("code")).toBe(true);
  });

  test("asks when another site has sent the browser", async () => {
    const browser = running.browser();
    await signIn(browser, authorize());
    const page = await browser.open(logout({ client_id: CLIENT_ID, returnTo: HOME }), {
      headers: { "sec-fetch-site": "cross-site", accept: "text/html" },
    });
    expect(page.html).toContain("Sign out?");
    expect(arrived(await browser.submit(page, { logout: "yes" })).href).toBe(HOME);
  });
});
