import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { browserSuite } from "./support/suite.ts";
import { hasStatus, later, settled, signIn, stateOf, tokenOf } from "./support/visit.ts";

const suite = browserSuite();
const refreshes = () => suite.issuer.count("/token", "refresh_token");

/** Lets the page's clocks and timers run ahead. */
async function pass(page: Page, seconds: number): Promise<void> {
  await page.clock.runFor(seconds * 1000);
}

/** Two seconds of the page's time, and enough of real time for a request: its time-outs are the page's too. */
async function step(page: Page): Promise<void> {
  await pass(page, 2);
  await page.evaluate(() => fetch(`${window.options.issuer}/ping`).catch(() => {}));
}

describe("a token", () => {
  test("costs no request while it is good, however often it is asked for", async () => {
    await using person = await suite.person();
    const page = await person.tab();
    await signIn(page);
    const before = suite.issuer.requests.length;
    const different = await page.evaluate(async () => {
      const tokens = await Promise.all(Array.from({ length: 1000 }, () => window.client.getToken()));
      return new Set(tokens).size;
    });
    expect(different).toBe(1);
    expect(suite.issuer.requests.length).toBe(before);
  });

  test("is handed out in its last minute while one new one is fetched", async () => {
    await using person = await suite.person();
    const page = await person.tab();
    await signIn(page);
    const first = await tokenOf(page);
    suite.issuer.trouble.token = "hang";
    // The machine sleeps: timers stand still, the clock does not.
    await page.evaluate(() => {
      const { now } = Date;
      Date.now = () => now() + 3550_000;
    });
    const tokens = await page.evaluate(() =>
      Promise.all(Array.from({ length: 5 }, () => window.client.getToken())),
    );
    expect(new Set(tokens)).toEqual(new Set([first]));
    await expect.poll(refreshes).toBe(1);
  });

  test("that has expired makes all callers wait for the one new one", async () => {
    suite.issuer.expiresIn = 600;
    await using person = await suite.person();
    const page = await person.tab();
    await signIn(page);
    suite.issuer.expiresIn = 7200;
    const first = await tokenOf(page);
    await later(page, 660);
    const before = refreshes();
    const tokens = await page.evaluate(() =>
      Promise.all(Array.from({ length: 5 }, () => window.client.getToken())),
    );
    expect(new Set(tokens).size).toBe(1);
    expect(tokens[0]).not.toBe(first);
    expect(tokens[0]).toMatch(/^eyJ/);
    expect(refreshes() - before).toBe(1);
  });

  test("is renewed before it expires without anybody asking, with the audience", async () => {
    await using person = await suite.person();
    await person.context.clock.install();
    const page = await person.tab();
    await signIn(page);
    await pass(page, 3530);
    expect(refreshes()).toBe(0);
    await pass(page, 15);
    await expect.poll(refreshes).toBe(1);
    expect(suite.issuer.requests.at(-1)?.form.get("audience")).toBe("https://api.bookstore.example");
    expect(await stateOf(page)).toMatchObject({ status: "signed-in" });
  });

  test("that lives for seconds only does not become a storm of requests", async () => {
    suite.issuer.expiresIn = 2;
    await using person = await suite.person();
    const page = await person.tab();
    await signIn(page);
    await page.waitForTimeout(3000);
    expect(refreshes()).toBeLessThan(2);
  });

  test.each([-600, 600])("is not affected by a clock that is off by %d s", async (seconds) => {
    await using person = await suite.person();
    await person.context.addInitScript((by) => {
      const { now } = Date;
      Date.now = () => now() + by * 1000;
    }, seconds);
    const page = await person.tab();
    expect(await signIn(page)).toMatchObject({ status: "signed-in", error: null });
    expect(await tokenOf(page)).toMatch(/^eyJ/);
    expect(refreshes()).toBe(0);
  });

  test("is renewed at once when the machine wakes up after its expiry", async () => {
    suite.issuer.expiresIn = 600;
    await using person = await suite.person();
    const page = await person.tab();
    await signIn(page);
    const first = await tokenOf(page);
    await page.evaluate(() => {
      const { now } = Date;
      Date.now = () => now() + 700_000;
    });
    expect(await tokenOf(page)).not.toBe(first);
    expect(refreshes()).toBe(1);
  });

  test("can be renewed on demand", async () => {
    await using person = await suite.person();
    const page = await person.tab();
    await signIn(page);
    const first = await tokenOf(page);
    expect(await page.evaluate(() => window.client.getToken({ forceRefresh: true }))).not.toBe(first);
    expect(refreshes()).toBe(1);
  });

  test("renewed leaves the user object as it was, and brings new claims", async () => {
    await using person = await suite.person();
    const page = await person.tab();
    await signIn(page);
    suite.issuer.accessToken = { permissions: ["read:books"] };
    const same = await page.evaluate(async () => {
      const { user } = window.client.getState();
      await window.client.getToken({ forceRefresh: true });
      return user === window.client.getState().user;
    });
    expect(same).toBe(true);
    expect(await page.evaluate(() => window.client.getPermissions().permissions)).toEqual(["read:books"]);
  });
});

describe("when the issuer does not answer", () => {
  test.each(["drop", "html", "redirect", "huge", 500, 503, 429] as const)(
    "with a session but %s, the person stays signed in",
    async (trouble) => {
      suite.issuer.expiresIn = 600;
      await using person = await suite.person();
      const page = await person.tab();
      await signIn(page);
      await later(page, 660);
      suite.issuer.trouble.token = trouble;
      expect(await tokenOf(page)).toBe("error: issuer_unreachable");
      expect(await stateOf(page)).toMatchObject({
        status: "offline",
        isAuthenticated: true,
        user: { id: "reader-1" },
        error: null,
      });
      const asked = refreshes();
      expect(await tokenOf(page)).toBe("error: issuer_unreachable");
      expect(refreshes()).toBe(asked);

      suite.issuer.trouble.token = undefined;
      suite.issuer.expiresIn = 7200;
      await page.evaluate(() => dispatchEvent(new Event("online")));
      await hasStatus(page, "signed-in");
      expect(await tokenOf(page)).toMatch(/^eyJ/);
    },
  );

  test("it is asked again by and by, less and less often", async () => {
    await using person = await suite.person();
    await person.context.clock.install();
    const page = await person.tab();
    await signIn(page);
    suite.issuer.trouble.token = "drop";
    await pass(page, 3541);
    for (let second = 0; second < 300; second += 2) await step(page);
    expect(await stateOf(page)).toMatchObject({ status: "offline", user: { id: "reader-1" } });
    // Two attempts a time, after 2, 4, 8, 16, 32 and then every 60 s, give or take a quarter.
    expect(refreshes()).toBeGreaterThan(7);
    expect(refreshes()).toBeLessThan(28);
    suite.issuer.trouble.token = undefined;
    await expect
      .poll(
        async () => {
          await step(page);
          return (await stateOf(page)).status;
        },
        { timeout: 15_000, interval: 1 },
      )
      .toBe("signed-in");
  });

  test("an answer that got lost is asked for again at once", async () => {
    await using person = await suite.person();
    const page = await person.tab();
    await signIn(page);
    suite.issuer.trouble.token = "lose";
    expect(await page.evaluate(() => window.client.getToken({ forceRefresh: true }))).toMatch(/^eyJ/);
    expect(await stateOf(page)).toMatchObject({ status: "signed-in" });
  });

  test("on a reload, the page waits for it instead of signing the person out", async () => {
    await using person = await suite.person();
    const page = await person.tab();
    await signIn(page);
    suite.issuer.trouble.discovery = "drop";
    await page.reload();
    await hasStatus(page, "offline");
    expect(await stateOf(page)).toMatchObject({ isLoading: false, isAuthenticated: false, user: null });
    expect(await tokenOf(page)).toBe("error: issuer_unreachable");
    suite.issuer.trouble.discovery = undefined;
    await hasStatus(page, "signed-in");
    expect(await tokenOf(page)).toMatch(/^eyJ/);
  });
});

describe("the end of a session", () => {
  test("comes by invalid_grant, with a reason", async () => {
    await using person = await suite.person();
    const page = await person.tab();
    await signIn(page);
    suite.issuer.revokeAll();
    const code = await page.evaluate(() =>
      window.client.getToken({ forceRefresh: true }).catch((error: { code: string }) => error.code),
    );
    expect(code).toBe("session_ended");
    expect(await stateOf(page)).toMatchObject({
      status: "signed-out",
      isAuthenticated: false,
      user: null,
      error: { code: "session_ended", reason: "invalid_grant" },
    });
    expect(await tokenOf(page)).toBe("error: not_signed_in");
    await page.reload();
    expect(await settled(page)).toMatchObject({ status: "signed-out", error: null });
  });

  test("that happened while the page was away is no error", async () => {
    await using person = await suite.person();
    const page = await person.tab();
    await signIn(page);
    suite.issuer.revokeAll();
    await page.reload();
    expect(await settled(page)).toMatchObject({ status: "signed-out", error: null });
  });

  test("comes by logout: here first, then at the issuer", async () => {
    await using person = await suite.person({ postLogoutRedirectUri: `${suite.app.url}/bye` });
    const page = await person.tab();
    await signIn(page);
    const idToken = await page.evaluate(() => window.client.getIdToken());
    await Promise.all([
      page.waitForURL(`${suite.app.url}/bye`),
      page.evaluate(() => void window.client.logout()),
    ]);
    expect(await settled(page)).toMatchObject({ status: "signed-out", error: null });
    const { query } = suite.issuer.requests.find(({ path }) => path === "/end") ?? {};
    expect(Object.fromEntries(query ?? [])).toMatchObject({
      id_token_hint: idToken,
      client_id: "bookstore-web",
      post_logout_redirect_uri: `${suite.app.url}/bye`,
    });
    expect(await page.evaluate(() => Object.keys({ ...localStorage, ...sessionStorage }))).toEqual([]);
  });

  test("comes by logout also without network, and stays", async () => {
    await using person = await suite.person();
    const page = await person.tab();
    await signIn(page);
    suite.issuer.trouble.discovery = "drop";
    await page.evaluate(() => window.client.logout());
    expect(await stateOf(page)).toMatchObject({ status: "signed-out", user: null });
    expect(await tokenOf(page)).toBe("error: not_signed_in");
    await page.reload();
    expect(await settled(page)).toMatchObject({ status: "signed-out" });
    expect(page.url()).toBe(`${suite.app.url}/`);
  });

  test("comes by logout here alone", async () => {
    await using person = await suite.person();
    const page = await person.tab();
    await signIn(page);
    await page.evaluate(() => window.client.logout({ local: true }));
    expect(await stateOf(page)).toMatchObject({ status: "signed-out" });
    expect(suite.issuer.session).toBe("reader-1");
  });

  test("is not undone by an answer that was on its way", async () => {
    await using person = await suite.person();
    const page = await person.tab();
    await signIn(page);
    await page.route(/\/token$/, async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      await route.continue();
    });
    await page.evaluate(async () => {
      const late = window.client.getToken({ forceRefresh: true }).catch(() => {});
      await window.client.logout({ local: true });
      await late;
    });
    expect(await stateOf(page)).toMatchObject({ status: "signed-out", user: null });
  });
});
