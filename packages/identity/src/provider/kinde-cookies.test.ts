import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Browser, createBrowser } from "../../test/browser.ts";
import {
  arrived,
  authorizationRequest,
  CLIENT_ID,
  claimsOf,
  exchange,
  ORIGIN,
  PASSWORD,
  type RunningIdentity,
  refresh,
  signIn,
  startIdentity,
} from "../../test/identity.ts";
import { KINDE_CONFIG, startKinde } from "../../test/kinde.ts";
import { freePort } from "../../test/processes.ts";
import { createIdentity } from "../server.ts";

/** What the browser adds to a request of a page at another port of localhost. */
const SAME_SITE = { "sec-fetch-site": "same-site" };
const COOKIE = "refresh_token_bookst";

let running: RunningIdentity;
let issuer: string;

beforeAll(async () => {
  running = await startKinde();
  ({ issuer } = running);
});
afterAll(async () => {
  await running.identity.close();
});

async function signedIn(browser: Browser, parameters: Record<string, string> = {}) {
  const request = authorizationRequest(issuer, parameters);
  const callback = await signIn(browser, request);
  return await exchange(issuer, request, callback, {}, { browser, headers: SAME_SITE });
}

const tokenCookie = (browser: Browser) => browser.cookiesFor(`${issuer}/oauth2/token`).get(COOKIE);
const marker = (browser: Browser) => browser.cookiesFor(ORIGIN).get("_kbrte");

const reload = (browser: Browser, headers: Record<string, string> = {}) =>
  refresh(issuer, undefined, {}, { browser, headers: { ...SAME_SITE, ...headers } });

describe("the exchange of a code", () => {
  test("keeps the refresh token in a cookie of the token endpoint, and says so to the page", async () => {
    const browser = running.browser();
    const { headers, body } = await signedIn(browser);
    expect(headers.getSetCookie()).toEqual([
      `${COOKIE}=${body.refresh_token}; Path=/oauth2/token; Max-Age=1296000; HttpOnly; SameSite=Lax`,
      "_kbrte=1; Path=/; Max-Age=1296000; SameSite=Lax",
    ]);
    expect(headers.get("access-control-allow-credentials")).toBe("true");
    expect(headers.get("cache-control")).toBe("no-store");
  });

  test.each<[string, Record<string, string>]>([
    ["a page of another site", { "sec-fetch-site": "cross-site" }],
    ["a server, which names no origin", { origin: "" }],
  ])("%s gets no cookie, but its tokens", async (_title, headers) => {
    const request = authorizationRequest(issuer);
    const callback = await signIn(running.browser(), request);
    const answer = await exchange(issuer, request, callback, {}, { headers });
    expect(answer.body.refresh_token).toBeTruthy();
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  test("our own client's transports are as they were", async () => {
    for (const transport of ["body", "cookie"]) {
      const browser = running.browser();
      const request = authorizationRequest(issuer);
      const callback = await signIn(browser, request);
      const form = { refresh_token_transport: transport };
      const answer = await exchange(issuer, request, callback, form, { browser, headers: SAME_SITE });
      expect(answer.headers.getSetCookie().join()).not.toMatch(/_kbrte|refresh_token_bookst/);
      expect("refresh_token" in answer.body).toBe(transport === "body");
    }
  });

  test("elsewhere there are no such cookies", async () => {
    const standard = await startIdentity();
    const browser = standard.browser();
    const request = authorizationRequest(standard.issuer);
    const callback = await signIn(browser, request);
    const answer = await exchange(standard.issuer, request, callback, {}, { browser, headers: SAME_SITE });
    expect(answer.headers.getSetCookie()).toEqual([]);
    const renewed = await refresh(
      standard.issuer,
      undefined,
      {},
      { browser, headers: { cookie: `${COOKIE}=${answer.body.refresh_token}` } },
    );
    expect(renewed.status).toBe(400);
    await standard.identity.close();
  });
});

describe("a page that was loaded anew", () => {
  test("gets new tokens for its cookie, and the cookie moves on", async () => {
    const browser = running.browser();
    const { body: first } = await signedIn(browser);
    const { status, body } = await reload(browser);
    expect(status).toBe(200);
    expect(body.refresh_token).toBeTruthy();
    expect(body.refresh_token).not.toBe(first.refresh_token);
    expect(tokenCookie(browser)).toBe(body.refresh_token);
    expect(marker(browser)).toBe("1");
    expect((await reload(browser)).status).toBe(200);
  });

  test.each([
    ["another origin", "https://evil.example"],
    ["the origin of another application", "http://localhost:4309"],
    ["no origin in particular", "null"],
    ["no origin at all", ""],
  ])("rotates nothing for %s", async (_title, origin) => {
    const browser = running.browser();
    await signedIn(browser);
    const before = tokenCookie(browser);
    const foreign = await reload(browser, { origin });
    expect(foreign.status).toBe(400);
    expect(foreign.body).not.toHaveProperty("access_token");
    expect(foreign.headers.get("access-control-allow-origin")).not.toBe("https://evil.example");
    expect(tokenCookie(browser)).toBe(before);
    expect(marker(browser)).toBe("1");
    expect((await reload(browser)).status).toBe(200);
  });

  test("another application's page gets nothing for this one's cookie", async () => {
    const browser = running.browser();
    await signedIn(browser);
    const foreign = await refresh(
      issuer,
      undefined,
      { client_id: "other-web" },
      { browser, headers: { ...SAME_SITE, origin: "http://localhost:4309" } },
    );
    expect(foreign.body.error).toBe("invalid_grant");
    expect((await reload(browser)).status).toBe(200);
  });

  test("forgets both cookies when they are no good any more", async () => {
    const browser = running.browser();
    const { body } = await signedIn(browser);
    await fetch(`${issuer}/oauth2/revoke`, {
      method: "POST",
      body: new URLSearchParams({
        token: body.refresh_token,
        client_id: CLIENT_ID,
        token_type_hint: "refresh_token",
      }),
    });
    expect((await reload(browser)).body.error).toBe("invalid_grant");
    expect(tokenCookie(browser)).toBeUndefined();
    expect(marker(browser)).toBeUndefined();
  });

  test("forgets the marker when there is no cookie behind it", async () => {
    const browser = running.browser();
    const { status, body, headers } = await reload(browser);
    expect(status).toBe(400);
    expect(body).toMatchObject({
      error: "invalid_grant",
      error_description: expect.stringContaining("sign in"),
    });
    expect(headers.getSetCookie().join()).toContain("_kbrte=; Path=/; Max-Age=0");
  });
});

describe("a refresh token in the form as well as in the cookie", () => {
  test("is what counts", async () => {
    const browser = running.browser();
    const { body } = await signedIn(browser);
    const answer = await refresh(issuer, body.refresh_token, {}, { browser, headers: SAME_SITE });
    expect(answer.status).toBe(200);
    expect(tokenCookie(browser)).toBe(answer.body.refresh_token);
  });

  test("counts even when the cookie is another person's", async () => {
    const ada = await signedIn(running.browser());
    const browser = running.browser();
    const request = authorizationRequest(issuer);
    const callback = await signIn(browser, request, { email: "bob@example.com", password: PASSWORD });
    await exchange(issuer, request, callback, {}, { browser, headers: SAME_SITE });
    const answer = await refresh(issuer, ada.body.refresh_token, {}, { browser, headers: SAME_SITE });
    expect(claimsOf(answer.body.id_token).given_name).toBe("Ada");
  });

  test("gives way to the cookie when another tab has spent it", async () => {
    const browser = running.browser();
    const { body: first } = await signedIn(browser);
    const other = await reload(browser);
    const third = await refresh(issuer, other.body.refresh_token, {}, { browser, headers: SAME_SITE });
    // By now two rotations lie between this tab and the cookie: used alone it would end the sign-in.
    const late = await refresh(issuer, first.refresh_token, {}, { browser, headers: SAME_SITE });
    expect(late.status).toBe(200);
    expect(late.body.refresh_token).not.toBe(third.body.refresh_token);
    expect((await reload(browser)).status).toBe(200);
  });

  test("does not give way for anybody without the cookie: that is a stolen token, and ends the sign-in", async () => {
    const browser = running.browser();
    const { body: first } = await signedIn(browser);
    const other = await reload(browser);
    await refresh(issuer, other.body.refresh_token, {}, { browser, headers: SAME_SITE });
    const thief = await refresh(issuer, first.refresh_token, {}, { headers: SAME_SITE });
    expect(thief.body.error).toBe("invalid_grant");
    expect((await reload(browser)).body.error).toBe("invalid_grant");
  });

  test("takes the cookie away only when the cookie is what was refused", async () => {
    const browser = running.browser();
    await signedIn(browser);
    const wrong = await refresh(issuer, "x".repeat(43), {}, { browser, headers: SAME_SITE });
    expect(wrong.body.error).toBe("invalid_grant");
    expect(wrong.headers.getSetCookie()).toEqual([]);
    expect((await reload(browser)).status).toBe(200);
  });

  test("ten requests at once, some with it and some without, leave everybody signed in", async () => {
    const browser = running.browser();
    const { body } = await signedIn(browser);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        refresh(issuer, index % 2 ? body.refresh_token : undefined, {}, { browser, headers: SAME_SITE }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect((await reload(browser)).status).toBe(200);
  });
});

describe("signing out", () => {
  test("takes both cookies away, although Kinde's SDK names no application", async () => {
    const browser = running.browser();
    await signedIn(browser);
    const page = await browser.open(`${issuer}/logout?redirect=http://localhost:4302`, {
      headers: SAME_SITE,
    });
    arrived(page);
    expect(tokenCookie(browser)).toBeUndefined();
    expect(marker(browser)).toBeUndefined();
  });

  test("a page elsewhere takes nothing away", async () => {
    const browser = running.browser();
    await signedIn(browser);
    await browser.open(`${issuer}/logout?redirect=http://localhost:4302/`, {
      headers: { "sec-fetch-site": "cross-site" },
    });
    expect(tokenCookie(browser)).toBeTruthy();
    expect(marker(browser)).toBe("1");
  });
});

test("applications whose ids begin alike keep their cookies apart", async () => {
  const alike = await startKinde({
    config: {
      ...KINDE_CONFIG,
      applications: [
        { clientId: "bookstore-web", type: "spa", redirectUris: ["http://localhost:4302/callback"] },
        { clientId: "bookstore-back-office", type: "spa", redirectUris: ["http://localhost:4309/callback"] },
      ],
    },
  });
  const browser = alike.browser();
  const enter = async (clientId: string, origin: string) => {
    const request = authorizationRequest(alike.issuer, {
      client_id: clientId,
      redirect_uri: `${origin}/callback`,
    });
    const callback = await signIn(browser, request);
    const form = { client_id: clientId, redirect_uri: `${origin}/callback` };
    return await exchange(alike.issuer, request, callback, form, {
      browser,
      headers: { ...SAME_SITE, origin },
    });
  };
  await enter("bookstore-web", "http://localhost:4302");
  await enter("bookstore-back-office", "http://localhost:4309");
  for (const [clientId, origin] of [
    ["bookstore-web", "http://localhost:4302"],
    ["bookstore-back-office", "http://localhost:4309"],
  ] as const) {
    const answer = await refresh(
      alike.issuer,
      undefined,
      { client_id: clientId },
      { browser, headers: { ...SAME_SITE, origin } },
    );
    expect(claimsOf(answer.body.access_token).azp).toBe(clientId);
  }
  await alike.identity.close();
});

describe("in production", () => {
  const application = { clientId: "bookstore-web", type: "spa" as const };

  async function answerFor(cookieDomain: string | undefined, origin: string) {
    const port = await freePort();
    await using identity = await createIdentity({
      mode: "production",
      dataDir: ":memory:",
      port,
      config: {
        issuer: "https://auth.example.com",
        face: "kinde",
        ...(cookieDomain ? { cookieDomain } : {}),
        applications: [{ ...application, redirectUris: [`${origin}/callback`] }],
      },
    });
    await identity.listen();
    const https = "https://auth.example.com";
    const browser = createBrowser({
      reach: (url) => url.replace(https, `http://127.0.0.1:${port}`),
    });
    const parameters = { redirect_uri: `${origin}/callback`, audience: undefined, prompt: "create" };
    const request = authorizationRequest(https, parameters);
    const person = { email: "ada@example.com", password: PASSWORD, givenName: "Ada", familyName: "Lovelace" };
    const callback = arrived(await browser.submit(await browser.open(request.url), person));
    const form = { redirect_uri: `${origin}/callback` };
    return await exchange(https, request, callback, form, { browser, headers: { ...SAME_SITE, origin } });
  }

  test("the marker is for the domain that was configured, and both cookies need https", async () => {
    const { headers, body } = await answerFor("example.com", "https://app.example.com");
    expect(headers.getSetCookie()).toEqual([
      `${COOKIE}=${body.refresh_token}; Path=/oauth2/token; Max-Age=1296000; HttpOnly; SameSite=Lax; Secure`,
      "_kbrte=1; Path=/; Domain=example.com; Max-Age=1296000; SameSite=Lax; Secure",
    ]);
  });

  test("a page that could not see the marker gets no cookie", async () => {
    expect((await answerFor(undefined, "https://app.example.com")).headers.getSetCookie()).toEqual([]);
    expect((await answerFor("example.com", "https://bookstore.test")).headers.getSetCookie()).toEqual([]);
    expect((await answerFor("example.com", "https://evilexample.com")).headers.getSetCookie()).toEqual([]);
  });
});
