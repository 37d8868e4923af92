import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { APPLICATIONS_CONFIG, NATIVE_SCHEME_URI, post } from "../../test/applications.ts";
import { type Browser, formOf } from "../../test/browser.ts";
import {
  type AuthorizationRequest,
  arrived,
  authorizationRequest,
  PASSWORD,
  type RunningIdentity,
  signIn,
  startIdentity,
} from "../../test/identity.ts";

const HOSTILE_NAME = 'Shop"><script>hostile()</script>';

let running: RunningIdentity;
let issuer: string;

beforeAll(async () => {
  running = await startIdentity({
    config: {
      ...APPLICATIONS_CONFIG,
      applications: [
        ...(APPLICATIONS_CONFIG.applications ?? []),
        {
          clientId: "hostile",
          name: HOSTILE_NAME,
          type: "spa",
          redirectUris: ["http://localhost:4308"],
          homeUri: "http://localhost:4308/",
        },
      ],
    },
  });
  ({ issuer } = running);
});
afterAll(async () => {
  await running.identity.close();
});

/** Somebody who is signed in, at a browser of their own. */
async function signedIn(): Promise<Browser> {
  const browser = running.browser();
  await signIn(browser, authorizationRequest(issuer));
  return browser;
}

/** What a native application asks for: anybody can pretend to be one, so its users are always asked. */
function fromPhone(parameters: Record<string, string> = {}): AuthorizationRequest {
  return authorizationRequest(issuer, {
    client_id: "phone",
    redirect_uri: NATIVE_SCHEME_URI,
    ...parameters,
  });
}

const scopesOn = (html: string) => [...html.matchAll(/<code>([^<]*)<\/code>/g)].map(([, scope]) => scope);

async function connected(browser: Browser): Promise<{ refresh_token?: string; access_token?: string }> {
  const request = fromPhone();
  const page = await browser.open(request.url);
  const callback = arrived(await browser.submit(page, { decision: "allow" }));
  const { body } = await post(`${issuer}/oauth2/token`, {
    grant_type: "authorization_code",
    client_id: "phone",
    code: callback.searchParams.get("code") ?? "",
    code_verifier: request.verifier,
    redirect_uri: NATIVE_SCHEME_URI,
  });
  return body;
}

describe("the page that asks for consent", () => {
  test("shows the application, the person, each scope, and where the answer goes", async () => {
    const browser = await signedIn();
    const page = await browser.open(fromPhone({ scope: "openid email books:read" }).url);
    expect(page.html).toContain("<h1>phone asks for access</h1>");
    expect(page.html).toContain("ada@example.com");
    expect(scopesOn(page.html)).toEqual(["openid", "email", "books:read"]);
    expect(page.html).toContain("return to <strong>com.example.bookstore:</strong>");
    const elsewhere = await browser.open(
      authorizationRequest(issuer, {
        client_id: "phone",
        redirect_uri: "http://127.0.0.1:51234/callback",
      }).url,
    );
    expect(elsewhere.html).toContain("return to <strong>127.0.0.1:51234</strong>");
  });

  test("can be in no frame and in no cache, and runs nothing", async () => {
    const { headers } = await (await signedIn()).open(fromPhone().url);
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("script-src");
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(headers.get("cache-control")).toBe("no-store");
  });

  test("shows the name of an application as the text that it is", async () => {
    const page = await (await signedIn()).open(
      authorizationRequest(issuer, {
        client_id: "hostile",
        redirect_uri: "http://localhost:4308",
        prompt: "consent",
      }).url,
    );
    expect(page.html).toContain("asks for access");
    expect(page.html).toContain("Shop&quot;&gt;&lt;script&gt;");
    expect(page.html).not.toContain("<script");
  });
});

describe("consent", () => {
  test("is asked for again at each sign-in of a native application, with more scopes too", async () => {
    const browser = await signedIn();
    for (const scope of ["openid", "openid", "openid email offline"]) {
      const page = await browser.open(fromPhone({ scope }).url);
      expect(scopesOn(page.html)).toEqual(scope.split(" "));
      const { searchParams } = arrived(await browser.submit(page, { decision: "allow" }));
      expect(searchParams.get("code")).not.toBeNull();
    }
  });

  test("for one application is none for another", async () => {
    const browser = await signedIn();
    await browser.submit(await browser.open(fromPhone().url), { decision: "allow" });
    const other = authorizationRequest(issuer, { prompt: "consent" });
    expect((await browser.open(other.url)).html).toContain("<h1>Bookstore asks for access</h1>");
  });

  test("that was denied lets nobody in, unseen or by another answer to the same page", async () => {
    const browser = await signedIn();
    const request = fromPhone();
    const page = await browser.open(request.url);
    expect(arrived(await browser.submit(page, { decision: "deny" })).searchParams.get("error")).toBe(
      "access_denied",
    );
    const late = await browser.submit(page, { decision: "allow" });
    expect(late.leftFor?.searchParams.get("code") ?? null).toBeNull();
    const silent = arrived(await browser.open(fromPhone({ prompt: "none" }).url));
    expect(silent.searchParams.get("code")).toBeNull();
  });

  test("is given by this page's form alone, from this page, at this browser", async () => {
    const browser = await signedIn();
    const page = await browser.open(fromPhone().url);
    const { action, hidden } = formOf(page.html);
    const send = (who: Browser, fields: Record<string, string>, headers: Record<string, string> = {}) =>
      who.open(issuer + action, {
        method: "POST",
        headers,
        body: new URLSearchParams({ decision: "allow", ...fields }),
      });
    expect((await send(browser, {})).status).toBe(403);
    expect((await send(browser, { csrf: "x" })).status).toBe(403);
    expect((await send(browser, hidden, { origin: "https://evil.example" })).status).toBe(403);
    expect((await send(browser, hidden, { "sec-fetch-site": "cross-site" })).status).toBe(403);
    const other = formOf((await browser.open(fromPhone().url)).html).hidden;
    expect((await send(browser, other)).status).toBe(403);
    expect((await send(running.browser(), hidden)).leftFor).toBeUndefined();
    expect((await send(await signedIn(), hidden)).leftFor).toBeUndefined();
  });

  test("is not given by an answer that is neither yes nor no", async () => {
    const browser = await signedIn();
    const page = await browser.open(fromPhone().url);
    for (const decision of ["", "yes", "ALLOW"]) {
      const again = await browser.submit(page, { decision });
      expect(again.leftFor).toBeUndefined();
      expect(again.html).toContain("asks for access");
    }
  });

  test("is taken back by signing out everywhere: what it opened is closed", async () => {
    const browser = await signedIn();
    const { access_token, refresh_token = "" } = await connected(browser);
    const profile = () =>
      fetch(`${issuer}/oauth2/userinfo`, { headers: { authorization: `Bearer ${access_token}` } });
    expect((await profile()).status).toBe(200);
    await browser.submit(await browser.open(`${issuer}/account`), {});
    expect((await profile()).status).toBe(401);
    const again = { grant_type: "refresh_token", client_id: "phone", refresh_token };
    expect((await post(`${issuer}/oauth2/token`, again)).body.error).toBe("invalid_grant");
    const page = await browser.open(fromPhone().url);
    const asked = await browser.submit(page, { email: "ada@example.com", password: PASSWORD });
    expect(asked.html).toContain("asks for access");
  });
});
