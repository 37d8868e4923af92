import { describe, expect, test } from "vitest";
import { browserSuite } from "./support/suite.ts";
import { hasStatus, later, settled, signIn, stateOf, tokenOf } from "./support/visit.ts";

const suite = browserSuite();
const refreshes = () => suite.issuer.count("/token", "refresh_token");

describe("several tabs", () => {
  test("a second one is signed in without a sign-in", async () => {
    await using person = await suite.person();
    await signIn(await person.tab());
    const second = await person.tab("/books");
    expect(await stateOf(second)).toMatchObject({ status: "signed-in", user: { id: "reader-1" } });
    expect(suite.issuer.count("/authorize")).toBe(1);
  });

  test("renew an expired token once for all", async () => {
    suite.issuer.expiresIn = 600;
    await using person = await suite.person();
    const tabs = [await person.tab()];
    await signIn(tabs[0] as never);
    tabs.push(await person.tab(), await person.tab());
    suite.issuer.expiresIn = 7200;
    for (const tab of tabs) await later(tab, 660);
    const before = refreshes();
    const tokens = await Promise.all(tabs.map(tokenOf));
    expect(refreshes() - before).toBe(1);
    expect(new Set(tokens).size).toBe(1);
    expect(tokens[0]).toMatch(/^eyJ/);
  });

  test("all hear of a sign-in", async () => {
    await using person = await suite.person();
    const [first, second] = [await person.tab(), await person.tab()];
    await signIn(first);
    await hasStatus(second, "signed-in");
    expect(await tokenOf(second)).toMatch(/^eyJ/);
  });

  test("all hear of a sign-out", async () => {
    await using person = await suite.person();
    const [first, second] = [await person.tab(), await person.tab()];
    await signIn(first);
    await second.reload();
    expect(await settled(second)).toMatchObject({ status: "signed-in" });
    await Promise.all([first.waitForURL(/\/end/), first.evaluate(() => void window.client.logout())]);
    await hasStatus(second, "signed-out");
    expect(await tokenOf(second)).toBe("error: not_signed_in");
    await second.reload();
    expect(await settled(second)).toMatchObject({ status: "signed-out" });
  });

  test("all hear of a session that the issuer ended", async () => {
    await using person = await suite.person();
    const first = await person.tab();
    await signIn(first);
    const second = await person.tab();
    suite.issuer.revokeAll();
    await first.evaluate(() => window.client.getToken({ forceRefresh: true }).catch(() => {}));
    await hasStatus(second, "signed-out");
  });

  test("follow when somebody else signs in", async () => {
    await using person = await suite.person();
    const first = await person.tab();
    await signIn(first);
    const second = await person.tab();
    suite.issuer.session = "reader-2";
    await signIn(first);
    await second.waitForFunction(() => window.client.getState().user?.id === "reader-2");
    expect(await tokenOf(second)).toBe(await tokenOf(first));
  });

  test("work without Web Locks and BroadcastChannel", async () => {
    await using person = await suite.person();
    await person.context.addInitScript(() => {
      Object.defineProperty(navigator, "locks", { value: undefined });
      Reflect.deleteProperty(window, "BroadcastChannel");
    });
    const first = await person.tab();
    await signIn(first);
    const second = await person.tab();
    expect(await stateOf(second)).toMatchObject({ status: "signed-in" });
    expect(await second.evaluate(() => window.client.getToken({ forceRefresh: true }))).toMatch(/^eyJ/);
    await second.evaluate(() => window.client.logout({ local: true }));
    await hasStatus(first, "signed-out");
  });

  test("do not wait for ever for one that holds the lock", async () => {
    await using person = await suite.person();
    await person.context.clock.install();
    const [first, second] = [await person.tab(), await person.tab()];
    await signIn(first);
    const name = `hallpass:bookstore-web@${suite.issuer.url}`;
    await second.evaluate((lock) => {
      navigator.locks.request(lock, () => new Promise(() => {}));
      // The wait for the lock is 25 s of real time.
      AbortSignal.timeout = () => AbortSignal.abort();
    }, name);
    await first.evaluate(() => {
      const { timeout } = AbortSignal;
      AbortSignal.timeout = (ms) => timeout.call(AbortSignal, ms > 20_000 ? 500 : ms);
    });
    const token = first.evaluate(() => window.client.getToken({ forceRefresh: true }));
    await first.waitForTimeout(700);
    await first.clock.runFor(200);
    expect(await token).toMatch(/^eyJ/);
  });
});
