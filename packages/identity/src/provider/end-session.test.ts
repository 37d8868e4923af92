import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Browser } from "../../test/browser.ts";
import {
  arrived,
  authorizationRequest,
  CLIENT_ID,
  HOME,
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

function logout(parameters: Record<string, string> = {}): string {
  return `${issuer}/logout?${new URLSearchParams(parameters)}`;
}

const from = (site: string) => ({ headers: { "sec-fetch-site": site } });

async function isSignedIn(browser: Browser): Promise<boolean> {
  const page = await browser.open(authorizationRequest(issuer, { prompt: "none" }).url);
  return arrived(page).searchParams.has("code");
}

async function someoneSignedIn() {
  const browser = running.browser();
  const { body } = await tokensFor(running, {}, browser);
  return { browser, tokens: body };
}

describe("signing out", () => {
  test.each(["redirect", "post_logout_redirect_uri", "redirect_uri"])(
    "from a page of the same site needs no question, with the target in %s",
    async (name) => {
      const { browser, tokens } = await someoneSignedIn();
      const page = await browser.open(logout({ [name]: HOME }), from("same-site"));
      expect(arrived(page).href).toBe(HOME);
      expect(await isSignedIn(browser)).toBe(false);
      expect((await refresh(issuer, tokens.refresh_token)).body.error).toBe("invalid_grant");
    },
  );

  test("the target is the registered one, to the letter", async () => {
    const { browser } = await someoneSignedIn();
    const page = await browser.open(logout({ redirect: "http://localhost:4302" }), from("same-site"));
    expect(page.status).toBe(400);
    expect(page.html).toContain("not registered");
    expect(await isSignedIn(browser)).toBe(true);
  });

  test("without a target ends on a page that leads back to the application", async () => {
    const { browser } = await someoneSignedIn();
    const page = await browser.open(logout({ client_id: CLIENT_ID }), from("none"));
    expect(page.status).toBe(200);
    expect(page.html).toContain("You are signed out");
    expect(page.html).toContain(`href="${HOME}"`);
    expect(await isSignedIn(browser)).toBe(false);
  });

  test.each([
    ["from another site", from("cross-site")],
    ["from a browser that does not say", {}],
  ])("%s without an ID token asks first", async (_title, init) => {
    const { browser, tokens } = await someoneSignedIn();
    const question = await browser.open(logout({ redirect: HOME }), init);
    expect(question.html).toContain("Sign out?");
    expect(question.html).toContain("ada@example.com");
    expect(await isSignedIn(browser)).toBe(true);
    expect(arrived(await browser.submit(question, { logout: "yes" })).href).toBe(HOME);
    expect(await isSignedIn(browser)).toBe(false);
    expect((await refresh(issuer, tokens.refresh_token)).body.error).toBe("invalid_grant");
  });

  test("whoever says no stays signed in and goes back to the application", async () => {
    const { browser } = await someoneSignedIn();
    const question = await browser.open(logout({ client_id: CLIENT_ID }), from("cross-site"));
    expect(arrived(await browser.submit(question, {})).href).toBe(HOME);
    expect(await isSignedIn(browser)).toBe(true);
  });

  test("a confirmation that another page sends signs nobody out", async () => {
    const { browser } = await someoneSignedIn();
    for (const csrf of ["", "x".repeat(43)]) {
      const page = await browser.open(`${issuer}/logout/confirm`, {
        method: "POST",
        body: new URLSearchParams({ csrf, logout: "yes" }),
      });
      expect(page.html).toContain("Sign out?");
    }
    expect(await isSignedIn(browser)).toBe(true);
  });

  describe("at the word of a page elsewhere", () => {
    /** As it arrives: without the cookies of the browser, which would take those of the answer all the same. */
    async function sentFromElsewhere(path: string, fields: Record<string, string>): Promise<Response> {
      return await fetch(issuer + path, {
        method: "POST",
        redirect: "manual",
        headers: { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
        body: new URLSearchParams(fields),
      });
    }

    test.each(["/logout", "/logout/confirm"])("a form to %s takes no cookie away", async (path) => {
      const { browser } = await someoneSignedIn();
      const answer = await sentFromElsewhere(path, { logout: "yes", client_id: CLIENT_ID });
      expect(answer.headers.getSetCookie()).toEqual([]);
      const question = await browser.open(
        new URL(answer.headers.get("location") ?? "", issuer).href,
        from("cross-site"),
      );
      expect(question.html).toContain("Sign out?");
      expect(await isSignedIn(browser)).toBe(true);
    });

    test("an ID token of somebody else takes no cookie away either", async () => {
      const { tokens } = await someoneSignedIn();
      const answer = await sentFromElsewhere("/logout", { id_token_hint: tokens.id_token });
      expect(answer.headers.getSetCookie()).toEqual([]);
    });

    test("a link takes no refresh cookie away when the session has expired before it", async () => {
      const answer = await fetch(logout({ client_id: CLIENT_ID }), from("cross-site"));
      expect(answer.headers.getSetCookie()).toEqual([]);
      const own = await fetch(logout({ client_id: CLIENT_ID }), from("same-site"));
      expect(own.headers.getSetCookie().join()).toContain("hallpass_refresh_");
    });
  });

  test("when the session has ended while the question was open just goes on", async () => {
    const { browser } = await someoneSignedIn();
    const question = await browser.open(logout({ redirect: HOME }), from("cross-site"));
    browser.clearCookies();
    expect(arrived(await browser.submit(question, { logout: "yes" })).href).toBe(HOME);
  });

  test("with the ID token of the session needs no question from anywhere", async () => {
    const { browser, tokens } = await someoneSignedIn();
    const page = await browser.open(
      logout({ id_token_hint: tokens.id_token, post_logout_redirect_uri: HOME, state: "a&b" }),
      from("cross-site"),
    );
    expect(arrived(page).searchParams.get("state")).toBe("a&b");
    expect(await isSignedIn(browser)).toBe(false);
  });

  test("with the ID token of somebody else asks", async () => {
    const { browser } = await someoneSignedIn();
    const bob = await tokensFor(running, {}, running.browser(), "bob@example.com");
    const page = await browser.open(logout({ id_token_hint: bob.body.id_token }), from("same-site"));
    expect(page.html).toContain("Sign out?");
  });

  test("with an ID token ends the grant even when the session is gone", async () => {
    const { tokens } = await someoneSignedIn();
    const elsewhere = running.browser();
    await elsewhere.open(logout({ id_token_hint: tokens.id_token }), from("cross-site"));
    expect((await refresh(issuer, tokens.refresh_token)).body.error).toBe("invalid_grant");
  });

  test("when nobody is signed in just goes on", async () => {
    const page = await running.browser().open(logout({ redirect: HOME }), from("cross-site"));
    expect(arrived(page).href).toBe(HOME);
  });

  test("an empty redirect, as SDKs send it, is none", async () => {
    const page = await running.browser().open(logout({ redirect: "" }), from("same-site"));
    expect(page.html).toContain("You are signed out");
  });
});

describe("what is refused, without signing anybody out", () => {
  test.each([
    ["a target that is not registered", { redirect: "https://evil.example/" }],
    [
      "a target of another application",
      { client_id: CLIENT_ID, post_logout_redirect_uri: "http://localhost:4309/bye" },
    ],
    ["an unknown application", { client_id: "nobody" }],
    ["something that is no ID token", { id_token_hint: "x.y.z" }],
    ["a target with a line break", { redirect: `${HOME}\r\nset-cookie: a=b` }],
  ])("%s", async (_title, parameters) => {
    const { browser } = await someoneSignedIn();
    const page = await browser.open(logout(parameters), from("same-site"));
    expect(page.status).toBe(400);
    expect(page.leftFor).toBeUndefined();
    expect(page.html).not.toContain("evil.example");
    expect(await isSignedIn(browser)).toBe(true);
  });

  test("a parameter that is there twice", async () => {
    const { browser } = await someoneSignedIn();
    const page = await browser.open(`${logout({ redirect: HOME })}&redirect=${HOME}`, from("same-site"));
    expect(page.status).toBe(400);
    expect(await isSignedIn(browser)).toBe(true);
  });
});
