import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  APPLICATIONS_CONFIG,
  NATIVE_SCHEME_URI,
  post,
  SERVER_REDIRECT_URI,
} from "../../test/applications.ts";
import {
  type AuthorizationRequest,
  arrived,
  authorizationRequest,
  exchange,
  PASSWORD,
  type RunningIdentity,
  signIn,
  startIdentity,
} from "../../test/identity.ts";

let running: RunningIdentity;
let issuer: string;

beforeAll(async () => {
  running = await startIdentity({ config: APPLICATIONS_CONFIG });
  issuer = running.issuer;
});
afterAll(async () => {
  await running.identity.close();
});

const ADA = { email: "ada@example.com", password: PASSWORD };

/** Signs in to the native application and allows it, which is asked each time: another one could pretend to be it. */
async function signInToPhone(redirect_uri: string) {
  const browser = running.browser();
  const request = authorizationRequest(issuer, { client_id: "phone", redirect_uri });
  const consent = await browser.submit(await browser.open(request.url), ADA);
  expect(consent.html).toContain("phone asks for access");
  const url = new URL(redirect_uri);
  expect(consent.html).toContain(`return to <strong>${url.host || url.protocol}</strong>`);
  return { request, callback: arrived(await browser.submit(consent, { decision: "allow" })) };
}

/** Without an Origin header: a native application is no page. */
async function exchangeOnPhone(request: AuthorizationRequest, callback: URL, redirect_uri: string) {
  return await post(`${issuer}/oauth2/token`, {
    grant_type: "authorization_code",
    client_id: "phone",
    code: callback.searchParams.get("code") ?? "",
    code_verifier: request.verifier,
    redirect_uri,
  });
}

/** The answer to a request with this redirect URI: where the browser is sent, or the page it sees. */
async function sentTo(client_id: string, redirect_uri: string | string[]) {
  const request = authorizationRequest(issuer, { client_id, redirect_uri });
  return await running.browser().open(request.url);
}

async function expectRefusal(client_id: string, redirect_uri: string | string[]) {
  const page = await sentTo(client_id, redirect_uri);
  expect(page.leftFor).toBeUndefined();
  expect(page.status).toBe(400);
  expect(page.url).toContain("/oauth2/auth");
}

describe("a redirect URI is compared exactly", () => {
  // Registered are http://localhost:4302/callback and http://localhost:4302.
  test.each([
    ["another case of the path", "http://localhost:4302/Callback"],
    ["another case of the host", "http://LOCALHOST:4302/callback"],
    ["another case of the scheme", "HTTP://localhost:4302/callback"],
    ["a dot after the host", "http://localhost.:4302/callback"],
    ["an encoded letter", "http://localhost:4302/%63allback"],
    ["an encoded slash", "http://localhost:4302%2Fcallback"],
    ["a way round", "http://localhost:4302/x/../callback"],
    ["a dot as a step", "http://localhost:4302/./callback"],
    ["two slashes", "http://localhost:4302//callback"],
    ["a backslash", "http://localhost:4302\\callback"],
    ["a user", "http://evil@localhost:4302/callback"],
    ["a host that looks like a user", "http://localhost:4302@evil.example/callback"],
    ["a longer host", "http://localhost:4302.evil.example/callback"],
    ["another port", "http://localhost:4303/callback"],
    ["no port", "http://localhost/callback"],
    ["an IP address for the name", "http://127.0.0.1:4302/callback"],
    ["https", "https://localhost:4302/callback"],
    ["a query", "http://localhost:4302/callback?next=/"],
    ["an empty query", "http://localhost:4302/callback?"],
    ["a fragment", "http://localhost:4302/callback#x"],
    ["an empty fragment", "http://localhost:4302/callback#"],
    ["a longer path", "http://localhost:4302/callback/more"],
    ["a shorter path", "http://localhost:4302/call"],
    ["a parameter of the path", "http://localhost:4302/callback;x"],
    ["a wildcard", "http://localhost:4302/*"],
    ["a wildcard host", "http://*:4302/callback"],
    ["spaces around it", " http://localhost:4302/callback "],
    ["another host", "https://evil.example/callback"],
    ["no scheme", "//localhost:4302/callback"],
    ["a path alone", "/callback"],
    ["javascript", "javascript:alert(1)//localhost:4302/callback"],
    ["data", "data:text/html,<script>alert(1)</script>"],
    ["that of another application", "http://localhost:4309/callback"],
  ])("%s is refused, and nobody is sent there", async (_what, redirect_uri) => {
    await expectRefusal("bookstore-web", redirect_uri);
  });

  test("none, and two, are refused", async () => {
    await expectRefusal("bookstore-web", []);
    await expectRefusal("bookstore-web", [
      "http://localhost:4302/callback",
      "http://localhost:4302/callback",
    ]);
  });

  test("at the token endpoint as well, where it must be the one of the sign-in", async () => {
    for (const redirect_uri of [
      "http://localhost:4302",
      "http://localhost:4302/Callback",
      "http://localhost:4302/callback?x",
      SERVER_REDIRECT_URI,
      "",
    ]) {
      const request = authorizationRequest(issuer);
      const callback = await signIn(running.browser(), request);
      const { status, body } = await exchange(issuer, request, callback, { redirect_uri });
      expect(status).toBe(400);
      expect(body.access_token).toBeUndefined();
    }
  });
});

describe("a native application", () => {
  test.each([
    ["its own scheme", NATIVE_SCHEME_URI],
    ["loopback without a port", "http://127.0.0.1/callback"],
    ["any loopback port", "http://127.0.0.1:51234/callback"],
    ["any loopback port over IPv6", "http://[::1]:51234/callback"],
    ["the registered loopback port over IPv6", "http://[::1]:7000/callback"],
    ["any port of localhost", "http://localhost:51234/callback"],
    ["a claimed https address", "https://app.example.com/callback"],
  ])("is called back at %s, and exchanges the code", async (_what, redirect_uri) => {
    const { request, callback } = await signInToPhone(redirect_uri);
    expect(callback.href.split("?")[0]).toBe(redirect_uri);
    const { status, body } = await exchangeOnPhone(request, callback, redirect_uri);
    expect(status).toBe(200);
    expect(body.refresh_token).toEqual(expect.any(String));
  });

  test.each([
    ["another path", "http://127.0.0.1:51234/other"],
    ["a query", "http://127.0.0.1:51234/callback?x=1"],
    ["https on loopback", "https://127.0.0.1:51234/callback"],
    ["another loopback address", "http://127.0.0.2:51234/callback"],
    ["a number for the address", "http://2130706433:51234/callback"],
    ["a short address", "http://127.1:51234/callback"],
    ["IPv4 in IPv6", "http://[::ffff:127.0.0.1]:51234/callback"],
    ["a long form of IPv6", "http://[0:0:0:0:0:0:0:1]:51234/callback"],
    ["a user", "http://evil@127.0.0.1:51234/callback"],
    ["a host behind a user", "http://127.0.0.1:51234@evil.example/callback"],
    ["a subdomain of localhost", "http://evil.localhost:51234/callback"],
    ["a port out of range", "http://127.0.0.1:99999/callback"],
    ["a port that is none", "http://127.0.0.1:5x/callback"],
    ["a port of the https address", "https://app.example.com:8443/callback"],
    ["another path of its scheme", "com.example.bookstore:/other"],
    ["a host in its scheme", "com.example.bookstore://evil.example/callback"],
    ["another scheme", "com.example.other:/callback"],
    ["javascript", "javascript:alert(1)"],
    ["data", "data:text/html,hello"],
  ])("is not called back at %s", async (_what, redirect_uri) => {
    await expectRefusal("phone", redirect_uri);
  });

  test("has to name the very port of the sign-in at the token endpoint", async () => {
    const redirect_uri = "http://127.0.0.1:51234/callback";
    const { request, callback } = await signInToPhone(redirect_uri);
    const other = await exchangeOnPhone(request, callback, "http://127.0.0.1:51235/callback");
    expect(other.body.error).toBe("invalid_grant");
  });

  test("cannot sign anybody in unseen", async () => {
    const browser = running.browser();
    await signIn(browser, authorizationRequest(issuer), ADA);
    const silent = { client_id: "phone", redirect_uri: NATIVE_SCHEME_URI, prompt: "none" };
    const { leftFor } = await browser.open(authorizationRequest(issuer, silent).url);
    expect(leftFor?.searchParams.get("error")).toBe("interaction_required");
    expect(leftFor?.searchParams.get("code")).toBeNull();
  });

  test("needs PKCE", async () => {
    const request = authorizationRequest(issuer, {
      client_id: "phone",
      redirect_uri: NATIVE_SCHEME_URI,
      code_challenge: undefined,
      code_challenge_method: undefined,
    });
    const { leftFor } = await running.browser().open(request.url);
    expect(leftFor?.searchParams.get("error")).toBe("invalid_request");
  });

  test("has a sign-in page whose form may lead back to it, and no page may call for it", async () => {
    const page = await sentTo("phone", NATIVE_SCHEME_URI);
    const policy = page.headers.get("content-security-policy");
    expect(policy).toMatch(/form-action 'self' com\.example\.bookstore: http:\/\/127\.0\.0\.1:\*/);
    expect(policy).not.toContain("null");
    const answer = await fetch(`${issuer}/oauth2/token`, {
      method: "POST",
      headers: { origin: "null" },
      body: new URLSearchParams({ client_id: "phone", grant_type: "refresh_token", refresh_token: "x" }),
    });
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  });
});

test("no other type of application has any port", async () => {
  await expectRefusal("server", SERVER_REDIRECT_URI.replace("4305", "4306"));
});
