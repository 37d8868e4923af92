import { describe, expect, test } from "vitest";
import { browserSuite } from "./support/suite.ts";
import { hasStatus, later, settled, signIn, stateOf, tokenOf } from "./support/visit.ts";

const suite = browserSuite();
const silent = () =>
  suite.issuer.requests.filter(({ path, query }) => path === "/authorize" && query.get("prompt") === "none")
    .length;

describe("where the issuer offers no cookie", () => {
  const withoutCookie = () => {
    suite.issuer.cookieMode = false;
    return suite.person();
  };

  test("a reload asks the issuer without a page and ends where it began", async () => {
    await using person = await withoutCookie();
    const page = await person.tab("/books?sort=year");
    await signIn(page);
    const entries = await page.evaluate(() => history.length);
    await page.reload();
    expect(await settled(page)).toMatchObject({ status: "signed-in", user: { id: "reader-1" }, error: null });
    expect(page.url()).toBe(`${suite.app.url}/books?sort=year`);
    expect(silent()).toBe(1);
    expect(await page.evaluate(() => history.length)).toBe(entries);
    const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
    expect(kept).toBe(JSON.stringify([{ [`hallpass:bookstore-web@${suite.issuer.url}`]: "org_1" }, {}]));
    expect(person.context.problems).toEqual([]);
  });

  test("a reload keeps the organization", async () => {
    await using person = await withoutCookie();
    const page = await person.tab();
    await signIn(page);
    await Promise.all([page.waitForNavigation(), page.evaluate(() => void window.client.switchOrg("org_2"))]);
    await settled(page);
    await page.reload();
    await settled(page);
    expect(await page.evaluate(() => window.client.getOrganization().orgCode)).toBe("org_2");
  });

  test("who is no longer signed in at the issuer is signed out quietly, once", async () => {
    await using person = await withoutCookie();
    const page = await person.tab("/books");
    await signIn(page);
    suite.issuer.session = undefined;
    await page.reload();
    expect(await settled(page)).toMatchObject({ status: "signed-out", error: null });
    expect(page.url()).toBe(`${suite.app.url}/books`);
    await page.reload();
    await settled(page);
    expect(silent()).toBe(1);
  });

  test("an issuer that never answers makes no loop", async () => {
    await using person = await withoutCookie();
    const page = await person.tab();
    await signIn(page);
    suite.issuer.response = { state: undefined };
    await page.reload();
    expect(await settled(page)).toMatchObject({ status: "signed-out" });
    expect(silent()).toBe(1);
  });

  test("the refresh token stays in the page and renews the token", async () => {
    await using person = await withoutCookie();
    const page = await person.tab();
    await signIn(page);
    expect(await page.evaluate(() => window.client.getToken({ forceRefresh: true }))).toMatch(/^eyJ/);
    const form = suite.issuer.requests.at(-1)?.form;
    expect(form?.get("refresh_token")).toMatch(/./);
    expect(form?.get("refresh_token_transport")).toBeNull();
  });

  test("a renewal that answers for somebody else ends the session", async () => {
    await using person = await withoutCookie();
    const page = await person.tab();
    await signIn(page);
    suite.issuer.idToken = { sub: "somebody-else" };
    const code = await page.evaluate(() =>
      window.client.getToken({ forceRefresh: true }).catch((error: { code: string }) => error.code),
    );
    expect(code).toBe("session_ended");
    expect(await stateOf(page)).toMatchObject({ status: "signed-out", user: null });
  });

  test("without a refresh token the session lasts as long as the token", async () => {
    suite.issuer.givesRefreshToken = false;
    suite.issuer.expiresIn = 600;
    await using person = await withoutCookie();
    const page = await person.tab();
    await signIn(page);
    expect(await tokenOf(page)).toMatch(/^eyJ/);
    await later(page, 660);
    expect(await tokenOf(page)).toMatch(/error: (session_ended|not_signed_in)/);
    expect(await stateOf(page)).toMatchObject({ status: "signed-out", error: { code: "session_ended" } });
  });

  test("logout tells the issuer that the refresh token is of no more use", async () => {
    await using person = await withoutCookie();
    const page = await person.tab();
    await signIn(page);
    await Promise.all([page.waitForURL(/\/end/), page.evaluate(() => void window.client.logout())]);
    await expect.poll(() => suite.issuer.count("/revoke")).toBe(1);
  });
});

describe("storage: memory", () => {
  test("leaves the issuer's cookie alone", async () => {
    await using person = await suite.person({ storage: "memory" });
    const page = await person.tab();
    await signIn(page);
    expect(suite.issuer.requests.at(-1)?.form.get("refresh_token_transport")).toBeNull();
    expect(await person.context.cookies()).toEqual([]);
  });
});

describe("storage: localStorage", () => {
  test("survives a reload by one request, in all tabs, and forgets on sign-out", async () => {
    suite.issuer.cookieMode = false;
    await using person = await suite.person({ storage: "localStorage" });
    const page = await person.tab();
    await signIn(page);
    await page.reload();
    expect(await settled(page)).toMatchObject({ status: "signed-in" });
    expect(silent()).toBe(0);
    const second = await person.tab();
    const [one, two] = await Promise.all(
      [page, second].map((tab) => tab.evaluate(() => window.client.getToken({ forceRefresh: true }))),
    );
    expect(one).toBe(two);
    await page.evaluate(() => window.client.logout({ local: true }));
    await hasStatus(second, "signed-out");
    expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([]);
  });
});
