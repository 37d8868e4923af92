import { describe, expect, test } from "vitest";
import { AUDIENCE, bookstoreSuite, PASSWORD, shows, signIn } from "./support/suite.ts";

const suite = bookstoreSuite();

describe("a React application with Hallpass's identity server", () => {
  test("registers somebody new, who is signed in at once", async () => {
    await using person = await suite.person();
    const page = await person.newPage();
    await page.goto(suite.app.url);
    await page.getByRole("button", { name: "Register" }).click();
    await page.locator("input[name=givenName]").fill("Grace");
    await page.locator("input[name=familyName]").fill("Hopper");
    await page.locator("input[name=email]").fill("grace@example.com");
    await page.locator("input[name=password]").fill(PASSWORD);
    await page.getByRole("button", { name: "Create account" }).click();
    await page.getByText("Grace Hopper").waitFor();
    expect(await page.locator("#refused").isVisible()).toBe(true);
    expect(await suite.tokenRequests()).toBe(1);
    expect(person.problems).toEqual([]);
  });

  test("signs in, shows what the permissions allow, and calls the API as the manual has it", async () => {
    await using person = await suite.person();
    const page = await person.newPage();
    await page.goto(`${suite.app.url}/shelf/7?sort=year#top`);
    await signIn(page);
    await page.getByText("Middlemarch").waitFor();
    expect(page.url()).toBe(`${suite.app.url}/shelf/7?sort=year#top`);
    expect(await page.locator("#path").textContent()).toBe("/shelf/7");
    expect(await page.getByRole("button", { name: "Add a book" }).isVisible()).toBe(true);
    expect(await page.evaluate(() => window.auth.user)).toMatchObject({
      id: expect.stringMatching(/./),
      email: "ada@example.com",
      givenName: "Ada",
      familyName: "Lovelace",
      name: "Ada Lovelace",
    });
    expect(await page.evaluate(() => window.auth.getClaim("aud").value)).toEqual([AUDIENCE]);
    expect(suite.api.calls.at(-1)?.authorization).toMatch(/^Bearer eyJ/);
    expect(await suite.tokenRequests()).toBe(1);
    expect(person.problems).toEqual([]);
  });

  test("keeps the session over a reload, in a second tab, and after going back", async () => {
    await using person = await suite.person();
    const page = await person.newPage();
    await page.goto(`${suite.app.url}/books`);
    await signIn(page);
    await page.reload();
    await shows(page, "signed-in");
    const second = await person.newPage();
    await second.goto(suite.app.url);
    await shows(second, "signed-in");
    await second.goto(`${suite.app.url}/other`);
    await second.goBack();
    await shows(second, "signed-in");
    expect(await page.getByRole("alert").count()).toBe(0);
    expect(person.problems).toEqual([]);
  });

  test("signs out in all tabs, and at identity", async () => {
    await using person = await suite.person();
    const [page, second] = [await person.newPage(), await person.newPage()];
    await page.goto(suite.app.url);
    await second.goto(suite.app.url);
    await signIn(page);
    await shows(second, "signed-in");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(`${suite.app.url}/`);
    await shows(page, "signed-out");
    await shows(second, "signed-out");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.locator("input[name=password]").waitFor();
    expect(person.problems).toEqual([]);
  });

  test("renews an expiring token without the person noticing, once for all callers", async () => {
    await suite.control({ accessTokenLifetime: 3 });
    await using person = await suite.person();
    const page = await person.newPage();
    await page.goto(suite.app.url);
    await signIn(page);
    await suite.control({ accessTokenLifetime: null });
    await page.waitForTimeout(3000);
    const before = await suite.tokenRequests();
    const tokens = await page.evaluate(() => Promise.all([1, 2, 3, 4, 5].map(() => window.auth.getToken())));
    expect(new Set(tokens).size).toBe(1);
    expect((await suite.tokenRequests()) - before).toBeLessThanOrEqual(1);
    expect(await page.locator("#status").textContent()).toBe("signed-in");
  });

  test("keeps the person signed in while identity does not answer", async () => {
    await suite.control({ accessTokenLifetime: 2 });
    await using person = await suite.person();
    const page = await person.newPage();
    await page.goto(suite.app.url);
    await signIn(page);
    await suite.control({ token: { status: 503 } });
    await page.waitForTimeout(3000);
    const code = await page.evaluate(() =>
      window.auth.getToken().catch((error: { code: string }) => error.code),
    );
    expect(code).toBe("issuer_unreachable");
    await shows(page, "offline");
    expect(await page.locator("#user").textContent()).toBe("Ada Lovelace");
    await suite.control({ token: null, accessTokenLifetime: null });
    await shows(page, "signed-in");
  });

  test("gets the answer that was lost after the rotation", async () => {
    await using person = await suite.person();
    const page = await person.newPage();
    await page.goto(suite.app.url);
    await signIn(page);
    await suite.control({ loseNextRefreshAnswer: true });
    expect(await page.evaluate(() => window.auth.getToken({ forceRefresh: true }))).toMatch(/^eyJ/);
    await page.reload();
    await shows(page, "signed-in");
  });

  test("signs out when identity refuses to renew, and says why", async () => {
    await using person = await suite.person();
    const page = await person.newPage();
    await page.goto(suite.app.url);
    await signIn(page);
    await suite.control({ refuseNextRefresh: true });
    await page.evaluate(() => window.auth.getToken({ forceRefresh: true }).catch(() => {}));
    await shows(page, "signed-out");
    expect(await page.getByRole("alert").textContent()).toBe("session_ended");
  });

  test("changes the organization without a sign-in", async () => {
    await using person = await suite.person();
    const page = await person.newPage();
    await page.goto(`${suite.app.url}/books`);
    await signIn(page);
    await Promise.all([
      page.waitForNavigation(),
      page.evaluate(() => void window.auth.switchOrg("org_hill")),
    ]);
    await shows(page, "signed-in");
    expect(await page.evaluate(() => window.auth.getOrganization().orgCode)).toBe("org_hill");
    expect(await page.locator("#refused").isVisible()).toBe(true);
    await page.reload();
    await shows(page, "signed-in");
    expect(await page.evaluate(() => window.auth.getOrganization().orgCode)).toBe("org_hill");
  });

  test("leaves somebody else's code in the address alone", async () => {
    await using person = await suite.person();
    const page = await person.newPage();
    await page.goto(`${suite.app.url}/pay?code=abc&state=xyz`);
    await shows(page, "signed-out");
    expect(page.url()).toBe(`${suite.app.url}/pay?code=abc&state=xyz`);
    expect(await suite.tokenRequests()).toBe(0);
  });

  test("does not render without end, and hands out the same functions all along", async () => {
    await using person = await suite.person();
    const page = await person.newPage();
    await page.goto(suite.app.url);
    await signIn(page);
    await page.getByText("Middlemarch").waitFor();
    const renders = await page.evaluate(() => window.renders);
    // StrictMode renders everything twice.
    expect(renders).toBeLessThan(12);
    await page.evaluate(() => window.auth.getToken({ forceRefresh: true }));
    await page.waitForTimeout(300);
    expect((await page.evaluate(() => window.renders)) - renders).toBeLessThanOrEqual(4);
    expect(await page.evaluate(() => window.identities.size)).toBe(4);
  });
});
