import { describe, expect, it } from "vitest";
import { applicationSuite, ORIGIN, SECRET } from "./support/application.ts";
import { codeOf, visitor } from "./support/visitor.ts";

const suite = applicationSuite();

const answerWith = (answer: string, changes: Record<string, string | undefined>): string => {
  const url = new URL(answer);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return url.href;
};

describe("a callback", () => {
  it("leads to where the person wanted to be, with what the application had passed", async () => {
    const browser = visitor(suite.application());
    const done = await browser.signIn({ returnTo: "/books?page=2#top", appState: { cart: 7 } });
    expect(done).toEqual({ returnTo: "/books?page=2#top", appState: { cart: 7 } });
    expect(await browser.visit((session) => session.appState)).toEqual({ cart: 7 });
  });

  it("is taken from its path on as well", async () => {
    const browser = visitor(suite.application());
    const answer = new URL(await browser.leave());
    await browser.comeBack(answer.pathname + answer.search);
    expect(await browser.visit((session) => session.isAuthenticated())).toBe(true);
  });

  it.each([
    ["no state", { state: undefined }],
    ["a wrong state", { state: "0.wrong" }],
    ["the state of no sign-in", { state: "9.wrong" }],
    ["an empty state", { state: "" }],
  ])("with %s is refused, and the sign-in can still be completed", async (_, changes) => {
    const browser = visitor(suite.application());
    const answer = await browser.leave();
    expect(await codeOf(browser.comeBack(answerWith(answer, changes)))).toBe("sign_in_expired");
    expect(suite.issuer.count("/token")).toBe(0);
    await browser.comeBack(answer);
    expect(await browser.visit((session) => session.isAuthenticated())).toBe(true);
  });

  it("is refused in a browser that has begun no sign-in", async () => {
    const auth = suite.application();
    const answer = await visitor(auth).leave();
    const victim = visitor(auth);
    expect(await codeOf(victim.comeBack(answer))).toBe("sign_in_expired");
    expect(await victim.visit((session) => session.isAuthenticated())).toBe(false);
  });

  it("is refused the second time, and signs nobody out", async () => {
    const browser = visitor(suite.application());
    const answer = await browser.leave();
    await browser.comeBack(answer);
    expect(await codeOf(browser.comeBack(answer))).toBe("sign_in_expired");
    expect(suite.issuer.count("/token")).toBe(1);
    expect(await browser.visit((session) => session.isAuthenticated())).toBe(true);
  });

  it("is refused an hour later, and the person can start again", async () => {
    const browser = visitor(suite.application());
    const answer = await browser.leave();
    suite.ahead = 3_601_000;
    expect(await codeOf(browser.comeBack(answer))).toBe("sign_in_expired");
    suite.ahead = 0;
    await browser.signIn();
    expect(await browser.visit((session) => session.isAuthenticated())).toBe(true);
  });

  it("of another application is refused, also under the same secret", async () => {
    const browser = visitor(suite.application());
    const other = visitor(suite.application({ clientId: "other-web" }));
    const answer = await other.leave();
    for (const [name, value] of other.cookies) browser.cookies.set(name, value);
    expect(await codeOf(browser.comeBack(answer))).toBe("sign_in_expired");
  });

  it.each([
    ["access_denied", "access_denied"],
    ["login_required", "issuer_error"],
  ])("with error=%s is %s, and the person can start again", async (error, code) => {
    const browser = visitor(suite.application());
    suite.issuer.refusal = error;
    const failure = await browser.signIn().catch((reason) => reason);
    expect(failure).toMatchObject({ code, reason: error });
    suite.issuer.refusal = undefined;
    await browser.signIn();
    expect(await browser.visit((session) => session.isAuthenticated())).toBe(true);
  });

  it.each([
    ["another issuer", "https://evil.example"],
    ["no issuer, where it always names itself", undefined],
  ])("of %s is refused before its code is sent anywhere", async (_, iss) => {
    const browser = visitor(suite.application());
    suite.issuer.response = { iss };
    expect(await codeOf(browser.signIn())).toBe("sign_in_failed");
    expect(suite.issuer.count("/token")).toBe(0);
  });

  it.each([
    ["another nonce", { nonce: "another" }],
    ["no nonce", { nonce: undefined }],
    ["another audience", { aud: "other-web" }],
    ["another issuer", { iss: "https://evil.example" }],
    ["another authorized party", { aud: ["bookstore-web", "other"], azp: "other" }],
    ["an end that is past", { exp: 1_000_000 }],
    ["no subject", { sub: undefined }],
  ])("whose ID token has %s is refused", async (_, claims) => {
    const browser = visitor(suite.application());
    suite.issuer.idToken = claims;
    expect(await codeOf(browser.signIn())).toBe("sign_in_failed");
    expect(await browser.visit((session) => session.isAuthenticated())).toBe(false);
  });

  it("with max_age needs a person who has proved lately who they are", async () => {
    const browser = visitor(suite.application());
    suite.issuer.idToken = { auth_time: Math.floor(Date.now() / 1000) - 5_000 };
    expect(await codeOf(browser.signIn({ maxAge: 60 }))).toBe("sign_in_failed");
    suite.issuer.idToken = { auth_time: Math.floor(Date.now() / 1000) };
    await browser.signIn({ maxAge: 60 });
  });

  it.each([
    ["HTML", "html", "sign_in_failed"],
    ["huge", "huge", "issuer_unreachable"],
    ["a redirect", "redirect", "issuer_unreachable"],
    ["broken off", "drop", "issuer_unreachable"],
    ["status 500", 500, "issuer_unreachable"],
    ["status 429", 429, "issuer_unreachable"],
  ] as const)(
    "whose token response is %s is an error, and the person can start again",
    async (_, trouble, code) => {
      const browser = visitor(suite.application());
      suite.issuer.trouble.token = trouble;
      expect(await codeOf(browser.signIn())).toBe(code);
      expect(suite.issuer.count("/elsewhere")).toBe(0);
      suite.issuer.trouble.token = undefined;
      await browser.signIn();
      expect(await browser.visit((session) => session.isAuthenticated())).toBe(true);
    },
  );

  it("can be loaded once more when the issuer was out of reach", async () => {
    const browser = visitor(suite.application());
    const answer = await browser.leave({ returnTo: "/books" });
    suite.issuer.trouble.token = "drop";
    const error = await browser.comeBack(answer).catch((reason) => reason);
    expect(error).toMatchObject({ code: "issuer_unreachable", returnTo: "/books" });
    suite.issuer.trouble.token = undefined;
    expect(await browser.comeBack(answer)).toMatchObject({ returnTo: "/books" });
    expect(await codeOf(browser.comeBack(answer))).toBe("sign_in_expired");
  });

  it("whose token response does not come is given up", async () => {
    const browser = visitor(suite.application());
    suite.issuer.trouble.token = "hang";
    expect(await codeOf(browser.signIn())).toBe("issuer_unreachable");
  });

  it("whose token response has no ID token is refused", async () => {
    const withoutIdToken: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      if (!`${input}`.endsWith("/token")) return response;
      const { id_token: _, ...rest } = (await response.json()) as Record<string, unknown>;
      return Response.json(rest);
    };
    const browser = visitor(suite.application({ fetch: withoutIdToken }));
    expect(await codeOf(browser.signIn())).toBe("sign_in_failed");
  });

  it("never shows a token or code in its errors", async () => {
    const browser = visitor(suite.application());
    suite.issuer.idToken = { nonce: "another" };
    const answer = await browser.leave();
    const error = await browser.comeBack(answer).catch((reason) => reason);
    const code = new URL(answer).searchParams.get("code") ?? "";
    expect(`${error.stack} ${JSON.stringify(error)} ${error.cause}`).not.toMatch(new RegExp(`eyJ|${code}`));
  });
});

describe("where a sign-in leads to", () => {
  it.each([
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/..//evil.example",
    "/.//evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "http:evil.example",
    "https:/evil.example",
    "@evil.example",
    "evil.example",
    "",
    "/%00\u0000",
    "/\u2028/evil".replace("\u2028", "\r"),
  ])("is never %j", async (returnTo) => {
    const { returnTo: target } = await visitor(suite.application()).signIn({ returnTo });
    expect(target).toBe("/");
  });

  it.each(["/%2F%2Fevil.example", "/@evil.example", "/a?next=https://evil.example"])(
    "may be %j, which stays on this origin",
    async (returnTo) => {
      const { returnTo: target } = await visitor(suite.application()).signIn({ returnTo });
      expect(new URL(target, ORIGIN).origin).toBe(ORIGIN);
      expect(target).toBe(returnTo);
    },
  );

  it("is the front page if it is longer than a cookie has room for", async () => {
    const { returnTo } = await visitor(suite.application()).signIn({ returnTo: `/${"a".repeat(10_000)}` });
    expect(returnTo).toBe("/");
  });
});

describe("sign-ins that are under way", () => {
  it("do not disturb each other: several tabs can sign in at once", async () => {
    const browser = visitor(suite.application());
    const tabs = [];
    for (const tab of [1, 2, 3, 4]) tabs.push(await browser.leave({ returnTo: `/tab/${tab}` }));
    const ends = [];
    for (const answer of tabs.reverse()) ends.push((await browser.comeBack(answer)).returnTo);
    expect(ends).toEqual(["/tab/4", "/tab/3", "/tab/2", "/tab/1"]);
    expect([...browser.cookies.keys()]).toEqual(["__Host-hallpass"]);
  });

  it("take a bounded part of the header, however many are begun", async () => {
    const browser = visitor(suite.application());
    const answers = [];
    for (let count = 0; count < 50; count += 1) {
      answers.push(await browser.leave({ returnTo: `/${"a".repeat(499)}`, appState: "s".repeat(298) }));
    }
    expect(browser.cookieBytes()).toBeLessThan(7_000);
    await browser.comeBack(answers.at(-1) ?? "");
    expect(await codeOf(browser.comeBack(answers[0] ?? ""))).toBe("sign_in_expired");
  });

  it("are in encrypted cookies of the prefix that no other site can set", async () => {
    const auth = suite.application();
    const session = await auth.session({ headers: {} });
    await session.getLoginUrl({ returnTo: "/secret-place" });
    expect(session.cookies).toHaveLength(1);
    expect(session.cookies[0]).toMatch(
      /^__Host-hallpass-sign-in-\d=[\w.-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=3600; Secure$/,
    );
    expect(session.cookies[0]).not.toContain("secret-place");
  });

  it("refuse what belongs to the sign-in itself", async () => {
    const browser = visitor(suite.application());
    for (const name of ["state", "nonce", "redirect_uri", "code_challenge", "response_mode", "scope"]) {
      expect(await codeOf(browser.leave({ authorizationParams: { [name]: "x" } }))).toBe("option_invalid");
    }
    const url = await browser.visit((session) =>
      session.getLoginUrl({ authorizationParams: { ui_locales: "de", connection_id: "conn_1" } }),
    );
    expect(url).toMatch(/ui_locales=de/);
    expect(url).toMatch(/connection_id=conn_1/);
  });

  it("refuse a state of the application that no cookie has room for", async () => {
    const browser = visitor(suite.application());
    expect(await codeOf(browser.leave({ appState: "x".repeat(400) }))).toBe("option_invalid");
  });

  it("are not lost when the secret is replaced meanwhile", async () => {
    const before = visitor(suite.application());
    const answer = await before.leave();
    const after = visitor(suite.application({ sessionSecret: ["f".repeat(40), SECRET] }));
    for (const [name, value] of before.cookies) after.cookies.set(name, value);
    await after.comeBack(answer);
    const retired = visitor(suite.application({ sessionSecret: ["f".repeat(40)] }));
    const late = await before.leave();
    for (const [name, value] of before.cookies) retired.cookies.set(name, value);
    expect(await codeOf(retired.comeBack(late))).toBe("sign_in_expired");
  });
});

describe("an issuer in trouble", () => {
  it.each([
    ["unreachable", "drop", "issuer_unreachable"],
    ["answering HTML", "html", "issuer_unreachable"],
    ["huge", "huge", "issuer_unreachable"],
    ["elsewhere", "redirect", "issuer_unreachable"],
    ["not there", 404, "issuer_wrong"],
  ] as const)("that is %s lets nobody leave, and is asked again", async (_, trouble, code) => {
    const browser = visitor(suite.application());
    suite.issuer.trouble.discovery = trouble;
    expect(await codeOf(browser.leave())).toBe(code);
    suite.issuer.trouble.discovery = undefined;
    suite.ahead += 2_000;
    await browser.signIn();
  });

  it("is asked once by all who ask at the same time", async () => {
    const auth = suite.application();
    await Promise.all(Array.from({ length: 20 }, () => visitor(auth).leave()));
    expect(suite.issuer.count("/.well-known/openid-configuration")).toBe(1);
  });

  it.each([
    ["another issuer", { issuer: "https://evil.example" }],
    ["a token endpoint in the clear", { token_endpoint: "http://evil.example/token" }],
    ["a sign-in page that is a script", { authorization_endpoint: "javascript:alert(1)" }],
    ["no token endpoint", { token_endpoint: undefined }],
  ])("whose discovery document has %s is refused", async (_, discovery) => {
    suite.issuer.discovery = discovery;
    expect(await codeOf(visitor(suite.application()).leave())).toBe("issuer_wrong");
  });
});
