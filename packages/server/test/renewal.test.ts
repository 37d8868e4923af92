import { memoryStore, type ServerAuthOptions, type SessionStore } from "@hallpass/server";
import { describe, expect, it } from "vitest";
import { applicationSuite } from "./support/application.ts";
import { codeOf, type Visitor, visitor } from "./support/visitor.ts";

const suite = applicationSuite();

const HOUR = 3_600_000;
const refreshes = () => suite.issuer.count("/token", "refresh_token");
const tokenOf = (browser: Visitor) => browser.visit((session) => session.getToken());
const signedIn = (browser: Visitor) => browser.visit((session) => session.isAuthenticated());

const kinds: [string, () => Partial<ServerAuthOptions>][] = [
  ["in a store", () => ({ store: memoryStore() })],
  ["in a cookie", () => ({ store: "cookie" })],
];

describe.each(kinds)("the tokens of a session %s", (_, options) => {
  it("cost no request while they are good", async () => {
    const { browser } = await suite.signedIn(options());
    suite.ahead = HOUR - 120_000;
    const tokens = new Set([await tokenOf(browser), await tokenOf(browser)]);
    expect(tokens.size).toBe(1);
    expect(refreshes()).toBe(0);
  });

  it("are renewed before they expire, and the new ones are kept", async () => {
    const { browser } = await suite.signedIn(options());
    const before = await tokenOf(browser);
    suite.ahead = HOUR - 30_000;
    const after = await tokenOf(browser);
    expect(after).not.toBe(before);
    expect(await tokenOf(browser)).toBe(after);
    expect(refreshes()).toBe(1);
  });

  it("are renewed once for 50 requests at the same time", async () => {
    const { auth, browser } = await suite.signedIn(options());
    suite.ahead = HOUR;
    const sessions = await Promise.all(Array.from({ length: 50 }, () => auth.session(browser.request())));
    const tokens = await Promise.all(sessions.map((session) => session.getToken()));
    expect(new Set(tokens).size).toBe(1);
    expect(refreshes()).toBe(1);
  });

  it("are renewed each time that the application asks for it", async () => {
    const { browser } = await suite.signedIn(options());
    const tokens = [await tokenOf(browser)];
    for (let time = 0; time < 3; time += 1)
      tokens.push(await browser.visit((session) => session.refreshToken()));
    expect(new Set(tokens).size).toBe(4);
    expect(refreshes()).toBe(3);
  });

  it("change what is read in the same request", async () => {
    const { browser } = await suite.signedIn(options());
    suite.issuer.accessToken = { permissions: ["delete:books"] };
    const [before, after] = await browser.visit(async (session) => {
      const granted = session.getPermission("delete:books").isGranted;
      await session.refreshToken();
      return [granted, session.getPermission("delete:books").isGranted];
    });
    expect([before, after]).toEqual([false, true]);
  });

  it("end with the issuer's invalid_grant: the person is signed out", async () => {
    const { auth, browser } = await suite.signedIn(options());
    suite.issuer.revokeAll();
    suite.ahead = HOUR;
    await browser.visit(async (session) => {
      expect(session.isAuthenticated()).toBe(false);
      expect(await codeOf(session.getToken())).toBe("session_ended");
      expect(session.getPermissions().permissions).toEqual([]);
    });
    expect(await signedIn(browser)).toBe(false);
    await browser.signIn();
    expect(await signedIn(browser)).toBe(true);
    expect(auth.addresses.callbackPath).toBe("/api/auth/callback");
  });

  it.each([
    ["unreachable", "drop"],
    ["answering HTML", "html"],
    ["huge", "huge"],
    ["redirecting", "redirect"],
    ["busy", 429],
    ["broken", 503],
    ["confused", 400],
  ] as const)("outlast an issuer that is %s: nobody is signed out", async (_name, trouble) => {
    const { browser } = await suite.signedIn(options());
    suite.ahead = HOUR;
    suite.issuer.trouble.token = trouble;
    await browser.visit(async (session) => {
      expect(session.isAuthenticated()).toBe(true);
      expect(session.getUserDetails().id).toBe("reader-1");
      expect(await codeOf(session.getToken())).toBe("issuer_unreachable");
    });
    suite.issuer.trouble.token = undefined;
    suite.ahead += 60_000;
    expect(await tokenOf(browser)).toMatch(/^eyJ/);
  });

  it("are handed out while they are good, although the issuer is away", async () => {
    const { browser } = await suite.signedIn(options());
    suite.ahead = HOUR - 30_000;
    suite.issuer.trouble.token = "drop";
    expect(await tokenOf(browser)).toMatch(/^eyJ/);
  });

  it("survive that the answer got lost after the issuer had rotated", async () => {
    const { browser } = await suite.signedIn(options());
    suite.ahead = HOUR;
    suite.issuer.trouble.token = "lose";
    expect(await tokenOf(browser)).toMatch(/^eyJ/);
    expect(refreshes()).toBe(2);
    suite.ahead += HOUR;
    expect(await tokenOf(browser)).toMatch(/^eyJ/);
  });

  it("leave the issuer alone for a while when it does not answer", async () => {
    const { browser } = await suite.signedIn(options());
    suite.ahead = HOUR;
    suite.issuer.trouble.token = 503;
    for (let request = 0; request < 20; request += 1)
      expect(await codeOf(tokenOf(browser))).toBe("issuer_unreachable");
    expect(refreshes()).toBeLessThan(8);
    const error = await tokenOf(browser).catch((reason) => reason);
    expect(error.retryAfter).toBeGreaterThan(0);
  });

  it("end when they expire if the issuer gave nothing to renew them with", async () => {
    suite.issuer.givesRefreshToken = false;
    const { browser } = await suite.signedIn(options());
    suite.ahead = HOUR - 30_000;
    expect(await tokenOf(browser)).toMatch(/^eyJ/);
    suite.ahead = HOUR;
    expect(await codeOf(tokenOf(browser))).toBe("session_ended");
    expect(await signedIn(browser)).toBe(false);
  });

  it("of somebody else end the session", async () => {
    const { browser } = await suite.signedIn(options());
    suite.ahead = HOUR;
    suite.issuer.idToken = { sub: "somebody-else" };
    expect(await codeOf(tokenOf(browser))).toBe("session_ended");
    expect(await signedIn(browser)).toBe(false);
  });

  it("go with the API that they are for", async () => {
    const { browser } = await suite.signedIn({
      ...options(),
      audience: ["https://a.example", "https://b.example"],
    });
    await browser.visit((session) => session.refreshToken());
    const sent = suite.issuer.requests.filter(({ path }) => path === "/token").at(-1);
    expect(sent?.form.get("audience")).toBe("https://a.example https://b.example");
  });
});

describe("processes that share a store", () => {
  it("renew a session once, all together", async () => {
    const store = memoryStore();
    const { browser } = await suite.signedIn({ store });
    suite.ahead = HOUR;
    const processes = Array.from({ length: 5 }, () => suite.application({ store }));
    const tokens = await Promise.all(
      Array.from({ length: 50 }, async (_, at) => {
        const session = await (processes[at % 5] as (typeof processes)[0]).session(browser.request());
        return await session.getToken();
      }),
    );
    expect(new Set(tokens).size).toBe(1);
    expect(refreshes()).toBe(1);
  });

  it("are not blocked by one that died while it renewed", async () => {
    const inner = memoryStore();
    let first = true;
    const store: SessionStore = {
      ...inner,
      // The lock of the one that died, as it would be some seconds later.
      lock: async (name, holder, ttl) => {
        if (first && name.startsWith("refresh:")) await inner.lock(name, "the dead", 300);
        first = false;
        return await inner.lock(name, holder, ttl);
      },
    };
    const { browser } = await suite.signedIn({ store });
    suite.ahead = HOUR;
    expect(await tokenOf(browser)).toMatch(/^eyJ/);
    expect(refreshes()).toBe(1);
  });

  it("do not bring back a session that was signed out while it was renewed", async () => {
    const store = memoryStore();
    const { auth, browser } = await suite.signedIn({ store });
    const other = suite.application({ store });
    const renewing = await auth.session(browser.request());
    const leaving = await other.session(browser.request());
    let answer = () => {};
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const slow: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      await held;
      return response;
    };
    const slowSession = await suite.application({ store, fetch: slow }).session(browser.request());
    const work = codeOf(slowSession.refreshToken());
    await leaving.logout();
    answer();
    expect(await work).toBe("session_ended");
    expect(await codeOf(renewing.refreshToken())).toBe("session_ended");
    expect(await signedIn(browser)).toBe(false);
  });

  it("keep the tokens of the faster one when a lock has run out", async () => {
    const inner = memoryStore();
    // A lock that everybody gets: as if it had run out for a slow holder.
    const store: SessionStore = { ...inner, lock: async () => true };
    const { browser } = await suite.signedIn({ store });
    let reached = () => {};
    let release = () => {};
    const atIssuer = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const held: typeof fetch = async (input, init) => {
      if (`${input}`.endsWith("/token")) {
        reached();
        await gate;
      }
      return await fetch(input, init);
    };
    const slow = suite.application({ store, fetch: held });
    const late = (await slow.session(browser.request())).refreshToken();
    await atIssuer;
    const token = await browser.visit((session) => session.refreshToken());
    release();
    expect(await late).toBe(token);
    expect(await tokenOf(visitorWith(browser, slow))).toBe(token);
  });

  it("try again to keep new tokens when the store fails for a moment", async () => {
    const inner = memoryStore();
    let failures = 1;
    const store: SessionStore = {
      ...inner,
      set: async (session, replaces) => {
        if (replaces !== undefined && failures-- > 0) throw new Error("connection reset");
        return await inner.set(session, replaces);
      },
    };
    const { browser } = await suite.signedIn({ store });
    const token = await browser.visit((session) => session.refreshToken());
    expect(await tokenOf(browser)).toBe(token);
  });
});

/** The same browser at another process of the application. */
function visitorWith(browser: Visitor, auth: Parameters<typeof visitor>[0]): Visitor {
  const same = visitor(auth);
  for (const [name, value] of browser.cookies) same.cookies.set(name, value);
  return same;
}
