import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { browserSuite } from "./support/suite.ts";
import { settled, signIn, stateOf, tokenOf } from "./support/visit.ts";

const suite = browserSuite();

/** Starts a sign-in in `page` and returns the address that the issuer sends the browser back to, without going there. */
async function answerTo(page: Page): Promise<string> {
  const asked = page.waitForRequest(/\/authorize\?/);
  await page.route(/\/authorize\?/, (route) => route.fulfill({ status: 204 }));
  await page.evaluate(() => void window.client.login());
  const answer = await fetch((await asked).url(), { redirect: "manual" });
  await page.unroute(/\/authorize\?/);
  return answer.headers.get("location") ?? "";
}

describe("an answer that is not ours", () => {
  test.each([
    "?code=abc&state=xyz",
    "?code=abc",
    "?error=access_denied&state=someone",
    "?state=xyz.bookstore-web",
  ])("%s is left where it is", async (query) => {
    await using person = await suite.person();
    const page = await person.tab(`/oauth/other${query}`);
    expect(page.url()).toBe(`${suite.app.url}/oauth/other${query}`);
    expect(await stateOf(page)).toMatchObject({ status: "signed-out", error: null });
    expect(suite.issuer.requests).toEqual([]);
  });
});

describe("an answer of ours", () => {
  test("is taken out of the address before anything else, and nothing but it", async () => {
    await using person = await suite.person();
    const page = await person.tab();
    const answer = `${await answerTo(page)}&tab=new#top`;
    suite.issuer.trouble.token = "hang";
    await page.goto(answer);
    expect(page.url()).toBe(`${suite.app.url}/?tab=new#top`);
    await expect.poll(() => suite.issuer.count("/token")).toBe(1);
    suite.issuer.trouble.token = undefined;
    await page.reload();
    expect(await settled(page)).toMatchObject({ status: "signed-out", error: null });
    expect(suite.issuer.count("/token")).toBe(1);
  });

  test("of several sign-ins side by side is each used with its own transaction", async () => {
    await using person = await suite.person();
    const page = await person.tab();
    const [first, second] = [await answerTo(page), await answerTo(page)];
    await page.goto(second);
    expect(await settled(page)).toMatchObject({ status: "signed-in", error: null });
    await page.goto(first);
    expect(await settled(page)).toMatchObject({ status: "signed-in", error: null });
    expect(suite.issuer.count("/token", "authorization_code")).toBe(2);
  });

  test("that comes a second time is used once and is no error for who is signed in", async () => {
    await using person = await suite.person();
    const page = await person.tab();
    const answer = await answerTo(page);
    await page.goto(answer);
    await settled(page);
    await page.goto(answer);
    expect(await settled(page)).toMatchObject({ status: "signed-in", error: null });
    expect(page.url()).toBe(`${suite.app.url}/`);
    expect(suite.issuer.count("/token", "authorization_code")).toBe(1);
  });

  test("that another browser started signs nobody in", async () => {
    await using attacker = await suite.person();
    await using victim = await suite.person();
    const answer = await answerTo(await attacker.tab());
    const page = await victim.tab(answer.slice(suite.app.url.length));
    expect(await stateOf(page)).toMatchObject({ status: "signed-out", error: { code: "sign_in_expired" } });
    expect(await tokenOf(page)).toBe("error: not_signed_in");
    expect(suite.issuer.count("/token")).toBe(0);
  });

  test("that comes after more than an hour is too late, and the next try works", async () => {
    await using person = await suite.person();
    const page = await person.tab();
    const answer = await answerTo(page);
    await page.evaluate(() => {
      for (const [key, value] of Object.entries(sessionStorage)) {
        const transaction = JSON.parse(value);
        sessionStorage.setItem(key, JSON.stringify({ ...transaction, startedAt: Date.now() - 3_700_000 }));
      }
    });
    await page.goto(answer);
    expect(await settled(page)).toMatchObject({ status: "signed-out", error: { code: "sign_in_expired" } });
    expect(suite.issuer.count("/token")).toBe(0);
    expect(await signIn(page)).toMatchObject({ status: "signed-in", error: null });
  });

  test("that says no is an error that says so, and the next try works", async () => {
    await using person = await suite.person();
    const page = await person.tab("/books");
    suite.issuer.refusal = "access_denied";
    expect(await signIn(page)).toMatchObject({
      status: "signed-out",
      error: {
        code: "access_denied",
        reason: "access_denied",
        message: expect.stringContaining("said the test"),
      },
    });
    suite.issuer.refusal = "invalid_scope";
    expect(await signIn(page)).toMatchObject({ error: { code: "issuer_error", reason: "invalid_scope" } });
    suite.issuer.refusal = undefined;
    expect(await signIn(page)).toMatchObject({ status: "signed-in", error: null });
  });

  test.each([
    ["says no", "access_denied", undefined, "access_denied"],
    ["does not pass a check", undefined, { iss: "https://evil.example" }, "sign_in_failed"],
  ])("that %s leads back to where the person was, with the error", async (_, refusal, response, code) => {
    await using person = await suite.person();
    const page = await person.tab("/books?page=2#last");
    Object.assign(suite.issuer, { refusal, response: response ?? {} });
    expect(await signIn(page)).toMatchObject({ status: "signed-out", error: { code } });
    expect(page.url()).toBe(`${suite.app.url}/books?page=2#last`);
    Object.assign(suite.issuer, { refusal: undefined, response: {} });
    expect(await signIn(page)).toMatchObject({ status: "signed-in", error: null });
    expect(page.url()).toBe(`${suite.app.url}/books?page=2#last`);
  });

  test("that says no to a change of organization leaves the session, the place and the error", async () => {
    await using person = await suite.person();
    const page = await person.tab("/books");
    await signIn(page);
    suite.issuer.refusal = "access_denied";
    await Promise.all([page.waitForNavigation(), page.evaluate(() => void window.client.switchOrg("org_2"))]);
    expect(await settled(page)).toMatchObject({ status: "signed-in", error: { code: "access_denied" } });
    expect(page.url()).toBe(`${suite.app.url}/books`);
  });

  test("from another issuer (RFC 9207) is refused before any code is sent", async () => {
    await using person = await suite.person();
    const page = await person.tab();
    for (const iss of ["https://evil.example", undefined]) {
      suite.issuer.response = { iss };
      expect(await signIn(page)).toMatchObject({ status: "signed-out", error: { code: "sign_in_failed" } });
    }
    expect(suite.issuer.count("/token")).toBe(0);
  });

  test.each([
    ["nonce", { nonce: "other" }],
    ["no nonce", { nonce: undefined }],
    ["audience", { aud: "other" }],
    ["several audiences and no authorized party", { aud: ["bookstore-web", "other"] }],
    ["issuer", { iss: "https://other.example" }],
    ["expiry", { exp: Math.floor(Date.now() / 1000) - 1000 }],
    ["subject", { sub: undefined }],
  ])("with an ID token of the wrong %s is refused", async (_, idToken) => {
    await using person = await suite.person();
    const page = await person.tab();
    suite.issuer.idToken = idToken;
    const state = await signIn(page);
    expect(state).toMatchObject({ status: "signed-out", user: null, error: { code: "sign_in_failed" } });
    expect(await tokenOf(page)).toBe("error: not_signed_in");
    expect(JSON.stringify(state)).not.toMatch(/eyJ|reader-1/);
  });

  test.each(["html", "redirect", "huge", 503] as const)(
    "is an error when the token endpoint answers %s",
    async (trouble) => {
      await using person = await suite.person();
      const page = await person.tab();
      suite.issuer.trouble.token = trouble;
      expect(await signIn(page)).toMatchObject({
        status: "signed-out",
        error: { code: trouble === "html" ? "sign_in_failed" : "issuer_unreachable" },
      });
      expect(suite.issuer.count("/elsewhere")).toBe(0);
    },
  );
});
