import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Browser } from "../../test/browser.ts";
import {
  authorizationRequest,
  CLIENT_ID,
  exchange,
  ORIGIN,
  type RunningIdentity,
  refresh,
  signIn,
  startIdentity,
  tokenRequest,
  tokensFor,
} from "../../test/identity.ts";
import { refreshCookieName } from "./provider-cookies.ts";

let running: RunningIdentity;
let issuer: string;
const cookieMode = { refresh_token_transport: "cookie" };

beforeAll(async () => {
  running = await startIdentity();
  issuer = running.issuer;
});
afterAll(async () => {
  await running.identity.close();
});

async function signedIn(browser: Browser) {
  const request = authorizationRequest(issuer);
  const callback = await signIn(browser, request);
  return await exchange(issuer, request, callback, cookieMode, { browser });
}

const refreshCookieOf = (browser: Browser) =>
  browser.cookiesFor(`${issuer}/oauth2/token`).get(refreshCookieName(issuer, CLIENT_ID));

describe("cookie mode", () => {
  test("keeps the refresh token out of the answer and in a cookie for the token endpoint", async () => {
    const browser = running.browser();
    const { status, body, headers } = await signedIn(browser);
    expect(status).toBe(200);
    expect(body.refresh_token).toBeUndefined();
    expect(body.access_token).toEqual(expect.any(String));
    const cookie = headers
      .getSetCookie()
      .find((each) => each.startsWith(refreshCookieName(issuer, CLIENT_ID)));
    expect(cookie).toMatch(/; Path=\/oauth2\/token; Max-Age=1296000; HttpOnly; SameSite=Lax$/);
    expect(browser.cookiesFor(`${issuer}/`).has(refreshCookieName(issuer, CLIENT_ID))).toBe(false);
  });

  test("refreshes with nothing but the cookie, and rotates it", async () => {
    const browser = running.browser();
    await signedIn(browser);
    const before = refreshCookieOf(browser);
    const renewed = await refresh(issuer, undefined, cookieMode, { browser });
    expect(renewed.status).toBe(200);
    expect(renewed.body.refresh_token).toBeUndefined();
    expect(refreshCookieOf(browser)).not.toBe(before);
    expect((await refresh(issuer, undefined, cookieMode, { browser })).status).toBe(200);
  });

  test("two tabs that refresh at once both go on", async () => {
    const browser = running.browser();
    await signedIn(browser);
    const tabs = await Promise.all([1, 2, 3].map(() => refresh(issuer, undefined, cookieMode, { browser })));
    expect(tabs.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await refresh(issuer, undefined, cookieMode, { browser })).status).toBe(200);
  });

  test("without the cookie it is invalid_grant", async () => {
    const answer = await refresh(issuer, undefined, cookieMode, { browser: running.browser() });
    expect(answer.status).toBe(400);
    expect(answer.body.error).toBe("invalid_grant");
    expect(answer.headers.get("access-control-allow-origin")).toBe(ORIGIN);
  });

  test.each([
    ["another origin", "https://evil.example"],
    ["the origin of another application", "http://localhost:4309"],
    ["no origin in particular", "null"],
  ])("a page of %s rotates nothing", async (_title, origin) => {
    const browser = running.browser();
    await signedIn(browser);
    const before = refreshCookieOf(browser);
    const foreign = await refresh(issuer, undefined, cookieMode, { browser, headers: { origin } });
    expect(foreign.status).toBe(403);
    expect(foreign.headers.get("access-control-allow-origin")).toBeNull();
    expect(refreshCookieOf(browser)).toBe(before);
    expect((await refresh(issuer, undefined, cookieMode, { browser })).status).toBe(200);
  });

  test("a request without an Origin header rotates nothing", async () => {
    const browser = running.browser();
    await signedIn(browser);
    const response = await browser.send(`${issuer}/oauth2/token`, {
      method: "POST",
      body: new URLSearchParams({ grant_type: "refresh_token", client_id: CLIENT_ID, ...cookieMode }),
    });
    expect(response.status).toBe(403);
    expect((await refresh(issuer, undefined, cookieMode, { browser })).status).toBe(200);
  });

  test.each(["Cookie", "cookie ", "", "header"])(
    "a misspelt transport, %j, is refused before the code is spent",
    async (transport) => {
      const request = authorizationRequest(issuer);
      const callback = await signIn(running.browser(), request);
      const refused = await exchange(issuer, request, callback, { refresh_token_transport: transport });
      expect(refused.body).toEqual({
        error: "invalid_request",
        error_description: expect.stringContaining("refresh_token_transport"),
      });
      expect((await exchange(issuer, request, callback)).status).toBe(200);
    },
  );

  test("two transports are refused", async () => {
    const body = new URLSearchParams({ grant_type: "refresh_token", client_id: CLIENT_ID, ...cookieMode });
    body.append("refresh_token_transport", "body");
    const response = await fetch(`${issuer}/oauth2/token`, { method: "POST", body });
    expect(await response.json()).toMatchObject({
      error: "invalid_request",
      error_description: expect.stringContaining("once"),
    });
  });

  test("an answer that ends the session clears the cookie", async () => {
    const browser = running.browser();
    await signedIn(browser);
    const cookie = refreshCookieOf(browser);
    await fetch(`${issuer}/oauth2/revoke`, {
      method: "POST",
      headers: { origin: ORIGIN },
      body: new URLSearchParams({ token: cookie ?? "", client_id: CLIENT_ID }),
    });
    expect((await refresh(issuer, undefined, cookieMode, { browser })).body.error).toBe("invalid_grant");
    expect(refreshCookieOf(browser)).toBeUndefined();
  });

  test("signing out clears the cookie", async () => {
    const browser = running.browser();
    await signedIn(browser);
    await browser.open(`${issuer}/logout?client_id=${CLIENT_ID}`, {
      headers: { "sec-fetch-site": "same-site" },
    });
    expect(refreshCookieOf(browser)).toBeUndefined();
  });
});

describe("CORS at the token endpoint", () => {
  test("lets the application's page read the answer, with credentials", async () => {
    const { headers, body } = await tokensFor(running);
    expect(headers.get("access-control-allow-origin")).toBe(ORIGIN);
    expect(headers.get("access-control-allow-credentials")).toBe("true");
    expect(headers.get("cache-control")).toBe("no-store");
    const refused = await refresh(issuer, `${body.refresh_token}x`);
    expect(refused.headers.get("access-control-allow-origin")).toBe(ORIGIN);
    expect(refused.headers.get("access-control-allow-credentials")).toBe("true");
  });

  test("answers the preflight that Kinde's SDKs cause", async () => {
    const preflight = await fetch(`${issuer}/oauth2/token`, {
      method: "OPTIONS",
      headers: {
        origin: ORIGIN,
        "access-control-request-method": "POST",
        "access-control-request-headers": "kinde-sdk,content-type",
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-origin")).toBe(ORIGIN);
    expect(preflight.headers.get("access-control-allow-credentials")).toBe("true");
    expect(preflight.headers.get("access-control-allow-headers")).toContain("kinde-sdk");
  });

  test("gives a page of another origin no code's tokens", async () => {
    const request = authorizationRequest(issuer);
    const callback = await signIn(running.browser(), request);
    const foreign = await exchange(
      issuer,
      request,
      callback,
      {},
      { headers: { origin: "https://evil.example" } },
    );
    expect(foreign.status).toBe(400);
    expect(foreign.headers.get("access-control-allow-origin")).toBeNull();
    expect((await exchange(issuer, request, callback)).status).toBe(200);
  });

  test("the discovery document and the keys are for everybody", async () => {
    for (const path of ["/.well-known/openid-configuration", "/.well-known/jwks", "/.well-known/jwks.json"]) {
      const response = await fetch(issuer + path, { headers: { origin: "https://anywhere.example" } });
      expect(response.headers.get("access-control-allow-origin")).toBe("https://anywhere.example");
      expect(response.headers.get("access-control-allow-credentials")).toBeNull();
      expect(response.headers.get("cache-control")).toBe("public, max-age=300");
    }
  });
});

describe("the token endpoint answers in JSON", () => {
  test.each([
    ["an unknown grant type", { grant_type: "password" }, "unsupported_grant_type"],
    ["an unknown application", { grant_type: "refresh_token", client_id: "nobody" }, "invalid_client"],
    [
      "a missing code",
      { grant_type: "authorization_code", redirect_uri: "http://localhost:4302/callback" },
      "invalid_request",
    ],
    [
      "a refresh token from nowhere",
      { grant_type: "refresh_token", refresh_token: "x".repeat(43) },
      "invalid_grant",
    ],
  ])("%s", async (_title, form, error) => {
    const answer = await tokenRequest(issuer, form, { headers: { accept: "text/html" } });
    expect(answer.headers.get("content-type")).toContain("application/json");
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.body.error).toBe(error);
  });
});
