import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { memoryStore, type ServerAuthOptions, type SessionStore, type StoredSession } from "@hallpass/server";
import { describe, expect, it } from "vitest";
import { applicationSuite, SECRET } from "./support/application.ts";
import { codeOf, redirectOf, visitor } from "./support/visitor.ts";

const suite = applicationSuite();

const kinds: [string, Partial<ServerAuthOptions>][] = [
  ["in a store", { store: memoryStore() }],
  ["in a cookie", { store: "cookie" }],
];

describe.each(kinds)("a session %s", (_, options) => {
  it("is the person's who signed in, and nobody's in another browser", async () => {
    const { auth, browser } = await suite.signedIn(options);
    expect(await browser.visit((session) => session.getUserDetails().id)).toBe("reader-1");
    expect(await visitor(auth).visit((session) => session.isAuthenticated())).toBe(false);
  });

  it("is in HttpOnly cookies that travel over https only, and show no token", async () => {
    const auth = suite.application(options);
    const browser = visitor(auth);
    const answer = await browser.leave();
    const session = await auth.session(browser.request());
    const token = await session.fetchToken(answer);
    for (const cookie of session.cookies) {
      expect(cookie).toMatch(/^__Host-hallpass/);
      expect(cookie).toMatch(/; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+; Secure$/);
      expect(cookie).not.toContain(token.slice(40, 80));
    }
  });

  it("ends when it is not used", async () => {
    const { browser } = await suite.signedIn({ ...options, lifetime: { idle: 600 } });
    const signedIn = () => browser.visit((session) => session.isAuthenticated());
    for (const minutes of [9, 18, 27]) {
      suite.ahead = minutes * 60_000;
      expect(await signedIn()).toBe(true);
    }
    suite.ahead += 601_000;
    expect(await signedIn()).toBe(false);
  });

  it("ends in the end, however much it is used", async () => {
    const { browser } = await suite.signedIn({ ...options, lifetime: { idle: 600, absolute: 1200 } });
    const signedIn = () => browser.visit((session) => session.isAuthenticated());
    for (const minutes of [9, 18]) {
      suite.ahead = minutes * 60_000;
      expect(await signedIn()).toBe(true);
    }
    suite.ahead = 1_201_000;
    expect(await signedIn()).toBe(false);
  });

  it("changes its id at each sign-in", async () => {
    const { browser } = await suite.signedIn(options);
    const before = browser.cookies.get("__Host-hallpass");
    await browser.signIn();
    expect(browser.cookies.get("__Host-hallpass")).not.toBe(before);
  });

  it("is over after signing out", async () => {
    const { browser } = await suite.signedIn(options);
    await browser.visit((session) => session.logout());
    expect(browser.cookies.size).toBe(0);
    expect(await browser.visit((session) => session.isAuthenticated())).toBe(false);
    expect(suite.issuer.requests.some(({ path }) => path === "/revoke")).toBe(true);
  });

  it("is over after signing out while the issuer is away", async () => {
    const { browser } = await suite.signedIn(options);
    await suite.issuer.close();
    suite.ahead = 1_000;
    const url = await browser.visit((session) => session.logout());
    expect(url).toContain("post_logout_redirect_uri");
    expect(await browser.visit((session) => session.isAuthenticated())).toBe(false);
  });

  it.each([
    [
      "tampered with",
      (value: string) => `${value.slice(0, -8)}${value.at(-8) === "A" ? "B" : "A"}${value.slice(-7)}`,
    ],
    ["cut off", (value: string) => value.slice(0, -10)],
    ["empty", () => ""],
    ["foreign", () => "a".repeat(43)],
    ["another thing", () => "{}"],
    ["binary", () => "\u0000\u0001ÿ"],
    ["huge", () => "1.".padEnd(200_000, "x")],
    ["an id of a prototype", () => "__proto__"],
  ])("is nobody's with a cookie that is %s, and the person can sign in again", async (_name, change) => {
    const { browser } = await suite.signedIn(options);
    browser.cookies.set("__Host-hallpass", change(browser.cookies.get("__Host-hallpass") ?? ""));
    expect(await browser.visit((session) => session.isAuthenticated())).toBe(false);
    await browser.signIn();
    expect(await browser.visit((session) => session.isAuthenticated())).toBe(true);
  });

  it("sends nobody to another site after signing out", async () => {
    const { browser } = await suite.signedIn(options);
    for (const redirectTo of [
      "https://evil.example",
      "//evil.example",
      "javascript:alert(1)",
      "https://app.example.com.evil.example/",
    ]) {
      expect(await codeOf(browser.visit((session) => session.logout({ redirectTo })))).toBe("option_invalid");
    }
    expect(await browser.visit((session) => session.isAuthenticated())).toBe(true);
    expect(await browser.visit((session) => session.logout("https://app.example.com/bye"))).toContain("bye");
  });

  it("is the same for all who ask for it during one request", async () => {
    const { auth, browser } = await suite.signedIn(options);
    const request = browser.request();
    const [one, other] = await Promise.all([auth.session(request), auth.session(request)]);
    expect(one).toBe(other);
  });

  it("hands its cookies to the response that it is given, also later ones", async () => {
    const auth = suite.application(options);
    const browser = visitor(auth);
    const headers = new Headers();
    const session = await auth.session(browser.request(), { headers });
    await session.getLoginUrl();
    expect(headers.getSetCookie()).toEqual(session.cookies);
    expect(headers.get("cache-control")).toBe("private, no-store");
  });
});

describe("over HTTP", () => {
  it("cookies reach the browser, and no cache keeps them", async () => {
    const auth = suite.application({ store: memoryStore() });
    const server = createServer(async (request, response) => {
      const session = await auth.session(request, response);
      if (request.url?.startsWith("/callback")) await session.completeSignIn(request.url);
      response.end(session.isAuthenticated() ? session.getUserDetails().id : await session.getLoginUrl());
    }).listen(0, "localhost");
    await once(server, "listening");
    const url = `http://localhost:${(server.address() as AddressInfo).port}`;
    const browser = visitor(auth);
    const get = async (path: string) => {
      const response = await fetch(url + path, {
        headers: browser.request().headers as Record<string, string>,
      });
      browser.keep(response.headers.getSetCookie());
      return { text: await response.text(), cache: response.headers.get("cache-control") };
    };
    const login = await get("/");
    expect(login.cache).toBe("private, no-store");
    const answer = new URL(await redirectOf(login.text));
    expect(await get(`/callback${answer.search}`)).toEqual({ text: "reader-1", cache: "private, no-store" });
    expect(await get("/")).toEqual({ text: "reader-1", cache: null });
    server.close();
  });
});

describe("a session in a cookie", () => {
  const options = { store: "cookie" } as const;

  it("is sealed under the newest secret and opened with the older ones", async () => {
    const { browser } = await suite.signedIn(options);
    const rotated = visitor(suite.application({ ...options, sessionSecret: ["n".repeat(32), SECRET] }));
    rotated.keep([...browser.cookies].map((pair) => pair.join("=")));
    expect(await rotated.visit((session) => session.isAuthenticated())).toBe(true);
    await rotated.visit((session) => session.refreshToken());
    const retired = visitor(suite.application({ ...options, sessionSecret: "n".repeat(32) }));
    retired.keep([...rotated.cookies].map((pair) => pair.join("=")));
    expect(await retired.visit((session) => session.isAuthenticated())).toBe(true);
    retired.keep([...browser.cookies].map((pair) => pair.join("=")));
    expect(await retired.visit((session) => session.isAuthenticated())).toBe(false);
  });

  it("takes several cookies when it is large, and takes back those that it no longer needs", async () => {
    suite.issuer.accessToken = { padding: "x".repeat(2_500) };
    const { browser } = await suite.signedIn(options);
    expect([...browser.cookies.keys()]).toEqual(["__Host-hallpass", "__Host-hallpass-1"]);
    for (const [name, value] of browser.cookies) expect(name.length + value.length).toBeLessThan(4_000);
    expect(await browser.visit((session) => session.getUserDetails().id)).toBe("reader-1");

    const missing = new Map(browser.cookies);
    browser.cookies.delete("__Host-hallpass-1");
    expect(await browser.visit((session) => session.isAuthenticated())).toBe(false);

    suite.issuer.accessToken = { padding: "y".repeat(2_500) };
    const other = await suite.signedIn(options);
    browser.cookies.set("__Host-hallpass", missing.get("__Host-hallpass") ?? "");
    browser.cookies.set("__Host-hallpass-1", other.browser.cookies.get("__Host-hallpass-1") ?? "");
    expect(await browser.visit((session) => session.isAuthenticated())).toBe(false);

    for (const [name, value] of missing) browser.cookies.set(name, value);
    suite.issuer.accessToken = {};
    await browser.visit((session) => session.refreshToken());
    expect([...browser.cookies.keys()]).toEqual(["__Host-hallpass"]);
  });

  it("that would not fit is refused with advice", async () => {
    suite.issuer.accessToken = { padding: "x".repeat(9_000) };
    const browser = visitor(suite.application(options));
    const error = await browser.signIn().catch((reason) => reason);
    expect(error).toMatchObject({
      code: "session_too_large",
      message: expect.stringContaining("use a store"),
    });
  });

  it("cannot be listed or ended from outside, and says so", async () => {
    const { auth } = await suite.signedIn(options);
    expect(await codeOf(auth.userSessions.list("reader-1"))).toBe("not_supported");
    expect(await codeOf(auth.userSessions.revokeAll("reader-1"))).toBe("not_supported");
    expect(await codeOf(auth.backChannelLogout("x"))).toBe("not_supported");
  });
});

describe("a session in a store", () => {
  it("leaves nothing there that could be used", async () => {
    const kept: StoredSession[] = [];
    const inner = memoryStore();
    const store: SessionStore = {
      ...inner,
      set: async (session, replaces) => {
        kept.push(session);
        return await inner.set(session, replaces);
      },
    };
    const { browser } = await suite.signedIn({ store });
    const token = await browser.visit((session) => session.getToken());
    const written = JSON.stringify(kept);
    expect(kept).toHaveLength(1);
    expect(written).not.toContain(browser.cookies.get("__Host-hallpass"));
    expect(written).not.toContain(token.slice(40, 80));
    expect(written).not.toContain("Ada");
  });

  it("is taken over by nobody who planted its id: signing in makes another one", async () => {
    const store = memoryStore();
    const auth = suite.application({ store });
    const victim = visitor(auth);
    victim.cookies.set("__Host-hallpass", "a".repeat(43));
    await victim.signIn();
    expect(victim.cookies.get("__Host-hallpass")).not.toBe("a".repeat(43));
    const attacker = visitor(auth);
    attacker.cookies.set("__Host-hallpass", "a".repeat(43));
    expect(await attacker.visit((session) => session.isAuthenticated())).toBe(false);
  });

  it("of before is over when the same browser signs in again", async () => {
    const { auth, browser } = await suite.signedIn({ store: memoryStore() });
    const before = new Map(browser.cookies);
    await browser.signIn();
    const old = visitor(auth);
    for (const [name, value] of before) old.cookies.set(name, value);
    expect(await old.visit((session) => session.isAuthenticated())).toBe(false);
    expect(await auth.userSessions.list("reader-1")).toHaveLength(1);
  });

  it("can be listed and ended, each and all, but for one", async () => {
    const auth = suite.application({ store: memoryStore() });
    const browsers = [visitor(auth), visitor(auth), visitor(auth)];
    for (const browser of browsers) {
      await browser.signIn();
      suite.ahead += 1_000;
    }
    suite.issuer.session = "reader-2";
    const stranger = visitor(auth);
    await stranger.signIn();
    const [one, two, three] = browsers as [(typeof browsers)[0], (typeof browsers)[0], (typeof browsers)[0]];
    const signedIn = () =>
      Promise.all([...browsers, stranger].map((each) => each.visit((session) => session.isAuthenticated())));

    const listed = await auth.userSessions.list("reader-1");
    const handle = (await one.visit((session) => session.handle)) ?? "";
    expect(listed).toHaveLength(3);
    expect(listed.at(-1)?.handle).toBe(handle);
    expect(await auth.userSessions.revoke("reader-2", handle)).toBe(false);
    expect(await signedIn()).toEqual([true, true, true, true]);
    expect(await auth.userSessions.revoke("reader-1", handle)).toBe(true);
    expect(await signedIn()).toEqual([false, true, true, true]);
    const keep = await two.visit((session) => session.handle);
    expect(await auth.userSessions.revokeAll("reader-1", { except: keep })).toBe(1);
    expect(await signedIn()).toEqual([false, true, false, true]);
    await three.signIn();
    suite.issuer.session = "reader-1";
    await three.signIn();
    expect(await auth.userSessions.revokeAll("reader-1")).toBe(2);
    expect(await signedIn()).toEqual([false, false, false, true]);
  });

  it("of another application in the same store is somebody else's", async () => {
    const store = memoryStore();
    const { browser } = await suite.signedIn({ store });
    const other = suite.application({ store, clientId: "other-web" });
    const intruder = visitor(other);
    for (const [name, value] of browser.cookies) intruder.cookies.set(name, value);
    expect(await intruder.visit((session) => session.isAuthenticated())).toBe(false);
    expect(await other.userSessions.list("reader-1")).toEqual([]);
    expect(await other.userSessions.revokeAll("reader-1")).toBe(0);
    expect(await browser.visit((session) => session.isAuthenticated())).toBe(true);
  });

  it("outlives a store that fails for a while: 503, and nobody is signed out", async () => {
    const inner = memoryStore();
    let down = false;
    const store: SessionStore = {
      ...inner,
      get: async (key) => {
        if (down) throw new Error("connect ECONNREFUSED secret-host");
        return await inner.get(key);
      },
    };
    const { auth, browser } = await suite.signedIn({ store });
    down = true;
    const error = await auth.session(browser.request()).catch((reason) => reason);
    expect(error).toMatchObject({ code: "store_unavailable", status: 503 });
    expect(error.message).not.toContain("secret-host");
    down = false;
    expect(await browser.visit((session) => session.isAuthenticated())).toBe(true);
  });

  it("in memory comes with a warning, once for an application", () => {
    suite.application();
    expect(suite.warnings).toHaveLength(1);
    expect(suite.warnings[0]).toMatch(/in memory.*sqliteStore/);
    suite.application({ store: memoryStore() });
    suite.application({ store: "cookie" });
    expect(suite.warnings).toHaveLength(1);
  });

  it("is in a cookie of the port on localhost, where all ports share their cookies", async () => {
    const auth = suite.application({ redirectUri: "http://localhost:3000/callback" });
    const session = await auth.session({ headers: {} });
    await session.getLoginUrl();
    expect(session.cookies[0]).toMatch(/^hallpass-3000-sign-in-\d=.*SameSite=Lax; Max-Age=3600$/);
  });
});
