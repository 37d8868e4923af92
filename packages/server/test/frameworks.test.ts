import { createServerAuth, memoryStore, type ProtectionOptions, type ServerAuth } from "@hallpass/server";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { CALLBACK, ORIGIN } from "./support/application.ts";
import { type Answer, type Browser, browserAt } from "./support/browser.ts";
import { frameworks, type RunningApp } from "./support/frameworks.ts";
import { issuerPages } from "./support/issuer-pages.ts";
import { startHallpass, type TestProvider, WEB } from "./support/providers.ts";

let provider: TestProvider;
beforeAll(async () => {
  provider = await startHallpass();
});
afterAll(() => provider?.close());

describe.each(Object.entries(frameworks))("with %s", (_, startApp) => {
  const running: RunningApp[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((app) => app.close()));
  });

  async function browser(
    options: ProtectionOptions = {},
    more: Parameters<typeof createServerAuth>[0] = {},
  ): Promise<Browser> {
    const auth: ServerAuth = createServerAuth({
      ...WEB,
      issuer: provider.issuer,
      redirectUri: CALLBACK,
      postLogoutRedirectUri: ORIGIN,
      store: memoryStore(),
      ...more,
    });
    const app = await startApp(auth, options);
    running.push(app);
    return browserAt(app.port, ORIGIN);
  }

  /** From the application's answer through the issuer's pages and back. */
  async function throughIssuer(at: Browser, left: Answer): Promise<Answer> {
    const back = new URL(await issuerPages(provider.fields("ada")).through(left.location ?? ""));
    return await at.visit(`${back.pathname}${back.search}`, "cross-site");
  }

  async function signedIn(...options: Parameters<typeof browser>): Promise<Browser> {
    const at = await browser(...options);
    await throughIssuer(at, await at.visit("/api/auth/login"));
    return at;
  }

  const userOf = async (at: Browser) => (await at.fetch("/api/auth/user")).status;

  it("people sign in, are told who they are, and sign out", async () => {
    const at = await browser();
    const left = await at.visit("/api/auth/login?returnTo=%2Fmine%3Fpage%3D2&appState=cart");
    expect(left.headers["cache-control"]).toBe("private, no-store");
    const back = await throughIssuer(at, left);
    expect([back.status, back.location]).toEqual([303, "/mine?page=2"]);
    const user = await at.fetch("/api/auth/user");
    expect(user.headers["cache-control"]).toBe("private, no-store");
    expect(user.json()).toMatchObject({
      user: { id: provider.subject("ada"), email: "ada@example.com" },
      organization: { orgCode: "org_bookstore" },
      permissions: { permissions: ["create:books"] },
      appState: "cart",
    });
    expect((await at.fetch("/mine")).json()).toEqual({ name: "ada", signedIn: true });

    const out = await at.fetch("/api/auth/logout", "POST");
    expect(new URL(out.json().url).origin).toBe(new URL(provider.issuer).origin);
    expect(at.cookies.size).toBe(0);
    expect(await userOf(at)).toBe(401);
  });

  it("a link asks the issuer for what it says", async () => {
    const at = await browser();
    const query: Record<string, string> = {
      returnTo: "/books",
      orgCode: "org_bookstore",
      loginHint: "ada@example.com",
      connectionId: "conn_1",
      lang: "de",
      prompt: "login",
    };
    const sent = async (route: string) => {
      const { location } = await at.visit(`/api/auth/${route}?${new URLSearchParams(query)}`, "cross-site");
      return Object.fromEntries(new URL(location ?? "").searchParams);
    };
    expect(await sent("login")).toMatchObject({
      org_code: "org_bookstore",
      login_hint: "ada@example.com",
      connection_id: "conn_1",
      lang: "de",
      prompt: "login",
    });
    delete query.prompt;
    expect(await sent("register")).toMatchObject({ prompt: "create", login_hint: "ada@example.com" });
    expect(await sent("create-org")).toMatchObject({ is_create_org: "true", lang: "de" });
  });

  it("a sign-in begins only when a person goes there", async () => {
    const at = await browser();
    const prefetch = {
      accept: "text/html",
      "sec-fetch-mode": "navigate",
      "sec-purpose": "prefetch;prerender",
    };
    const picture = { accept: "image/*", "sec-fetch-mode": "no-cors", "sec-fetch-site": "cross-site" };
    for (const headers of [prefetch, picture, { "sec-fetch-mode": "cors" }])
      expect((await at.send("GET", "/api/auth/login", headers)).status).toBe(403);
    expect(at.cookies.size).toBe(0);
  });

  it("a link or a form of an own page signs out", async () => {
    const link = await signedIn();
    const out = await link.visit("/api/auth/logout");
    expect([out.status, new URL(out.location ?? "").origin]).toEqual([303, new URL(provider.issuer).origin]);
    expect(link.cookies.size).toBe(0);

    const form = await signedIn();
    // What a browser sends of a page with Referrer-Policy: no-referrer.
    const headers = { "sec-fetch-mode": "navigate", "sec-fetch-site": "same-origin", origin: "null" };
    expect((await form.send("POST", "/api/auth/logout", headers)).status).toBe(303);
    expect(form.cookies.size).toBe(0);

    const oldBrowser = await signedIn();
    await oldBrowser.send("POST", "/api/auth/logout", { origin: ORIGIN, accept: "text/html" });
    expect(oldBrowser.cookies.size).toBe(0);

    const program = await signedIn();
    await program.send("POST", "/api/auth/logout", { "x-hallpass": "1" });
    expect(program.cookies.size).toBe(0);
  });

  it("another site signs nobody out", async () => {
    const at = await signedIn();
    for (const site of ["cross-site", "same-site"]) {
      const asked = await at.visit("/api/auth/logout", site);
      expect([asked.status, asked.location]).toEqual([200, undefined]);
      expect(asked.body).toContain('<form method="post" action="/api/auth/logout">');
      expect(asked.headers["content-security-policy"]).toContain("frame-ancestors 'none'");
    }
    const own = { "sec-fetch-site": "same-origin" };
    const foreign: [string, Record<string, string>][] = [
      ["GET", { ...own, "sec-fetch-mode": "no-cors", accept: "image/*" }],
      ["GET", { ...own, "sec-fetch-mode": "cors", accept: "text/html" }],
      ["GET", {}],
      ["POST", {}],
      ["POST", { origin: "https://evil.example" }],
      ["POST", { origin: "null" }],
      ["POST", { origin: "null", "x-hallpass": "1" }],
      ["POST", { ...own, origin: "https://evil.example", "x-hallpass": "1" }],
      ["POST", { origin: `${ORIGIN}.evil.example` }],
      ["POST", { "sec-fetch-site": "cross-site", origin: "null", "sec-fetch-mode": "navigate" }],
      ["POST", { "sec-fetch-site": "same-site", "x-hallpass": "1" }],
    ];
    for (const [method, headers] of foreign) {
      const { status } = await at.send(method, "/api/auth/logout", headers);
      expect([method, headers, status]).toEqual([method, headers, 403]);
    }
    const guessed = { ...own, "sec-fetch-mode": "navigate", "sec-purpose": "prefetch" };
    expect((await at.send("GET", "/api/auth/logout", guessed)).status).toBe(200);
    expect(await userOf(at)).toBe(200);
  });

  it("requireSession leads a document to the sign-in and back", async () => {
    const at = await browser();
    const sent = await at.visit("/mine?page=2&q=%26");
    expect([sent.status, sent.location]).toEqual([
      303,
      `/api/auth/login?returnTo=${encodeURIComponent("/mine?page=2&q=%26")}`,
    ]);
    const back = await throughIssuer(at, await at.visit(sent.location ?? ""));
    expect(back.location).toBe("/mine?page=2&q=%26");
    expect((await at.visit(back.location ?? "")).json()).toEqual({ name: "ada", signedIn: true });
  });

  it("requireSession tells a script that nobody is signed in", async () => {
    const errors: string[] = [];
    const at = await browser({ onError: ({ code }) => errors.push(code) });
    const old = await at.send("GET", "/mine", { accept: "application/json" });
    for (const answer of [await at.fetch("/mine"), await at.fetch("/mine", "POST"), old]) {
      expect([answer.status, answer.location]).toEqual([401, undefined]);
      expect(answer.headers["content-type"]).toContain("application/json");
      expect(answer.headers["cache-control"]).toBe("private, no-store");
      expect(answer.json().error).toBe("not_signed_in");
    }
    expect(errors).toEqual(Array(3).fill("not_signed_in"));
    // A form's content would be lost on the way to the sign-in.
    const form = { "sec-fetch-mode": "navigate", "sec-fetch-site": "same-origin" };
    const page = await at.send("POST", "/mine", form);
    expect([page.status, page.headers["content-type"]]).toEqual([401, "text/html; charset=utf-8"]);
  });

  it("requireSession lets no other site change anything", async () => {
    const at = await signedIn({ allowedOrigins: ["https://admin.example.com"] });
    const post = (headers: Record<string, string>) => at.send("POST", "/mine", headers);
    expect((await at.fetch("/mine", "POST")).status).toBe(200);
    expect((await post({ origin: "https://admin.example.com", "sec-fetch-site": "same-site" })).status).toBe(
      200,
    );
    expect((await post({ origin: "https://evil.example", "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await post({})).json().error).toBe("cross_site");
  });

  it("requireSession says when it cannot know", async () => {
    const broken = { ...memoryStore(), get: () => Promise.reject(new Error("the database is away")) };
    const at = await browser({}, { store: broken });
    at.cookies.set("__Host-hallpass", "x".repeat(43));
    const answer = await at.fetch("/mine");
    expect([answer.status, answer.json().error]).toEqual([503, "store_unavailable"]);
  });

  it("requireSameOrigin lets pass what changes nothing, and what comes from here", async () => {
    const at = await browser();
    const foreign = {
      origin: "https://evil.example",
      "sec-fetch-site": "cross-site",
      "sec-fetch-mode": "cors",
    };
    expect((await at.send("GET", "/form", foreign)).status).toBe(200);
    expect((await at.fetch("/form", "POST")).json()).toBe("done");
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      const answer = await at.send(method, "/form", foreign);
      expect([method, answer.status, answer.json().error]).toEqual([method, 403, "cross_site"]);
    }
  });

  it("what a session sets goes with whatever the handler answers", async () => {
    let ahead = 0;
    const at = await signedIn({}, { store: "cookie", clock: () => Date.now() + ahead });
    const before = at.cookies.get("__Host-hallpass");
    ahead = 3_600_000;
    const answer = await at.fetch("/anyone");
    expect(answer.json()).toEqual({ name: "ada", signedIn: true });
    expect(answer.cookies.filter((cookie) => cookie.startsWith("own="))).toHaveLength(1);
    expect(answer.headers["cache-control"]).toBe("private, no-store");
    expect(at.cookies.get("__Host-hallpass")).not.toBe(before);
    expect((await at.fetch("/mine")).json()).toEqual({ name: "ada", signedIn: true });
  });

  it("other methods are refused, and other paths are the application's", async () => {
    const at = await browser();
    for (const [path, allow] of [
      ["login", "GET"],
      ["logout", "GET, POST"],
      ["back-channel-logout", "POST"],
    ]) {
      const answer = await at.fetch(`/api/auth/${path}`, "PUT");
      expect([path, answer.status, answer.headers.allow]).toEqual([path, 405, allow]);
    }
    expect((await at.visit("/elsewhere")).status).toBe(404);
    expect((await at.visit("/api/auth/unknown")).status).toBe(404);
  });
});
