import { type ActionRequest, type AuthAction, memoryStore, type Outcome, toResponse } from "@hallpass/server";
import { describe, expect, it } from "vitest";
import { applicationSuite } from "./support/application.ts";
import { redirectOf, type Visitor, visitor } from "./support/visitor.ts";

const suite = applicationSuite();

/** A browser at the routes. */
function atRoutes(auth = suite.application({ store: memoryStore() })) {
  const browser: Visitor = visitor(auth);
  return {
    browser,
    async go(action: AuthAction, url: string, headers: Record<string, string> = {}): Promise<Outcome> {
      const request: ActionRequest = browser.request(url);
      const outcome = await auth.handle(action, { ...request, headers: { ...request.headers, ...headers } });
      browser.keep(outcome.cookies);
      return outcome;
    },
  };
}

describe("the routes", () => {
  it("sign in, tell who it is, and sign out", async () => {
    const { go } = atRoutes();
    const login = await go(
      "login",
      "/api/auth/login?returnTo=%2Fbooks&appState=cart&login_hint=ada%40example.com&lang=de",
    );
    expect(login).toMatchObject({ status: 303, headers: { "cache-control": "private, no-store" } });
    const sent = new URL(login.location ?? "").searchParams;
    expect([sent.get("login_hint"), sent.get("lang"), sent.get("returnTo")]).toEqual([
      "ada@example.com",
      "de",
      null,
    ]);
    const callback = await go("callback", await redirectOf(login.location ?? ""));
    expect(callback).toMatchObject({
      status: 303,
      location: "/books",
      headers: { "referrer-policy": "no-referrer" },
    });
    const user = await go("user", "/api/auth/user");
    expect(JSON.parse(user.body ?? "")).toMatchObject({
      user: { id: "reader-1", email: "reader-1@example.com" },
      organization: { orgCode: "org_1" },
      permissions: { permissions: ["create:books"] },
    });
    const logout = await go("logout", "/api/auth/logout");
    expect(logout.location).toContain(`${suite.issuer.url}/end`);
    const nobody = await go("user", "/api/auth/user");
    expect(nobody).toMatchObject({ status: 401, headers: { "content-type": "application/json" } });
    expect(JSON.parse(nobody.body ?? "").error).toBe("not_signed_in");
  });

  it("register people and organizations, with what was asked for", async () => {
    const { go } = atRoutes();
    const register = new URL(
      (await go("register", "/api/auth/register?orgCode=org_9&prompt=evil")).location ?? "",
    );
    expect(register.searchParams.get("prompt")).toBe("create");
    expect(register.searchParams.get("org_code")).toBe("org_9");
    const create = new URL((await go("create-org", "/api/auth/create-org?org_name=Books")).location ?? "");
    expect(create.searchParams.get("is_create_org")).toBe("true");
    expect(create.searchParams.get("org_name")).toBe("Books");
  });

  it("send nobody elsewhere after signing in", async () => {
    for (const target of [
      "//evil.example",
      "https://evil.example",
      "/%09/evil.example",
      "/%5Cevil.example",
    ]) {
      const { go } = atRoutes();
      const login = await go("login", `/api/auth/login?returnTo=${target}`);
      const callback = await go("callback", await redirectOf(login.location ?? ""));
      expect(callback.location).toBe("/");
    }
  });

  it("answer a failed callback with a page for a person, which repeats nothing and offers to start again", async () => {
    const { go } = atRoutes();
    const outcome = await go(
      "callback",
      "/api/auth/callback?state=%3Cscript%3E&error=%3Cb%3E&error_description=call+555",
      {
        accept: "text/html,*/*",
      },
    );
    expect(outcome.status).toBe(400);
    expect(outcome.body).toContain('href="/api/auth/login"');
    expect(outcome.body).toContain("sign_in_expired");
    expect(outcome.body).not.toMatch(/script|<b>|555/);
    expect(outcome.headers["content-security-policy"]).toContain("frame-ancestors 'none'");
    expect(outcome.error?.code).toBe("sign_in_expired");
  });

  it("let whoever starts again arrive where they wanted to be", async () => {
    const { go } = atRoutes();
    const returnTo = `/books?q="><script>'&page=2`;
    const login = await go("login", `/api/auth/login?${new URLSearchParams({ returnTo })}`);
    suite.issuer.refusal = "access_denied";
    const page = await go("callback", await redirectOf(login.location ?? ""), { accept: "text/html" });
    expect(page.status).toBe(403);
    expect(page.body).not.toContain("<script");
    const again = /href="([^"]+)"/.exec(page.body ?? "")?.[1] ?? "";
    suite.issuer.refusal = undefined;
    const second = await go("login", again);
    expect(await go("callback", await redirectOf(second.location ?? ""))).toMatchObject({
      location: returnTo,
    });
  });

  it("say when to come back while the issuer is away", async () => {
    const { go, browser } = atRoutes();
    suite.issuer.trouble.discovery = 503;
    const outcome = await go("login", "/api/auth/login");
    expect(outcome).toMatchObject({ status: 503, body: expect.stringContaining("issuer_unreachable") });
    expect(browser.cookies.size).toBe(0);
  });

  it("lead on when a callback comes twice and the person is signed in", async () => {
    const { go } = atRoutes();
    const login = await go("login", "/api/auth/login");
    const answer = await redirectOf(login.location ?? "");
    await go("callback", answer);
    expect(await go("callback", answer)).toMatchObject({ status: 303, location: "/" });
    expect(suite.issuer.count("/token")).toBe(1);
  });

  it("take any address without an exception", async () => {
    const { go } = atRoutes();
    const actions: AuthAction[] = [
      "login",
      "register",
      "create-org",
      "callback",
      "logout",
      "user",
      "back-channel-logout",
    ];
    for (const action of actions) {
      for (const url of [
        "/",
        "//",
        "/?%",
        "/?returnTo=%E0%A4%A",
        "http://[",
        "/?appState=".padEnd(5_000, "x"),
        "",
      ]) {
        const { status } = await go(action, url);
        expect([action, url, status >= 200 && status < 504]).toEqual([action, url, true]);
      }
    }
  });

  it("become a web-standard response", async () => {
    const { go } = atRoutes();
    const response = toResponse(await go("login", "/api/auth/login"));
    expect(response.status).toBe(303);
    expect(response.headers.getSetCookie()).toHaveLength(1);
    expect(response.headers.get("cache-control")).toBe("private, no-store");
  });
});
