import { createMachineClient, createServerAuth, memoryStore, type ServerAuth } from "@hallpass/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CALLBACK, ORIGIN } from "./support/application.ts";
import { issuerPages } from "./support/issuer-pages.ts";
import { MACHINE, startHallpass, startOidcProvider, type TestProvider, WEB } from "./support/providers.ts";
import { codeOf, type Visitor, visitor } from "./support/visitor.ts";

const providers: [string, () => Promise<TestProvider>][] = [
  ["Hallpass", () => startHallpass()],
  ["Hallpass as Kinde", () => startHallpass("kinde")],
  ["Hallpass as Auth0", () => startHallpass("auth0")],
  ["oidc-provider as shipped", () => startOidcProvider()],
];

describe.each(providers)("with %s", (_, start) => {
  let provider: TestProvider;
  let auth: ServerAuth;
  let ahead = 0;
  beforeAll(async () => {
    provider = await start();
    auth = application();
  });
  afterAll(() => provider?.close());

  function application(more: Parameters<typeof createServerAuth>[0] = {}): ServerAuth {
    return createServerAuth({
      ...WEB,
      issuer: provider.issuer,
      redirectUri: CALLBACK,
      postLogoutRedirectUri: ORIGIN,
      audience: provider.audience,
      store: memoryStore(),
      clock: () => Date.now() + ahead,
      ...more,
    });
  }

  async function signedIn(person: string, at = auth): Promise<Visitor> {
    const browser = visitor(at, issuerPages(provider.fields(person)).through);
    await browser.signIn({ ...provider.login, returnTo: `/of/${person}` });
    return browser;
  }

  it("people sign in, each as who they are", async () => {
    const [ada, bob] = await Promise.all([signedIn("ada"), signedIn("bob")]);
    const idOf = (browser: Visitor) => browser.visit((session) => session.getUserDetails().id);
    expect(await idOf(ada)).toBe(provider.subject("ada"));
    expect(await idOf(bob)).toBe(provider.subject("bob"));
  });

  it("a session in a cookie does as well", async () => {
    const ada = await signedIn("ada", application({ store: "cookie" }));
    expect(await ada.visit((session) => session.getUserDetails().id)).toBe(provider.subject("ada"));
    const before = await ada.visit((session) => session.getToken());
    const after = await ada.visit((session) => session.refreshToken());
    expect(after).not.toBe(before);
  });

  it("50 requests on an expired token make one renewal, and the next one works too", async () => {
    const ada = await signedIn("ada");
    const before = await ada.visit((session) => session.getToken());
    for (const hours of [1, 2]) {
      ahead = hours * 3_600_000;
      const tokens = await Promise.all(
        Array.from({ length: 50 }, async () => (await auth.session(ada.request())).getToken()),
      );
      expect(new Set(tokens).size).toBe(1);
      expect(tokens[0]).not.toBe(before);
    }
    ahead = 0;
  });

  it("signing out here and there leads back, and the refresh token is worthless", async () => {
    const pages = issuerPages({ ...provider.fields("ada"), logout: "yes" });
    const browser = visitor(auth, pages.through);
    await browser.signIn(provider.login);
    const stale = new Map(browser.cookies);
    const url = await browser.visit((session) => session.logout());
    expect(new URL(await pages.through(url)).origin).toBe(ORIGIN);
    for (const [name, value] of stale) browser.cookies.set(name, value);
    expect(await browser.visit((session) => session.isAuthenticated())).toBe(false);
  });

  it("a wrong secret is an error that names it", async () => {
    const wrong = application({ clientSecret: "x".repeat(48) });
    const browser = visitor(wrong, issuerPages(provider.fields("ada")).through);
    const error = await browser.signIn(provider.login).catch((reason) => reason);
    expect(error).toMatchObject({ code: "sign_in_failed", reason: "invalid_client" });
  });

  it("an unknown person may change their mind", async () => {
    const browser = visitor(auth, issuerPages(provider.fields("ada")).through);
    const answer = new URL(await browser.leave(provider.login));
    answer.searchParams.set("error", "access_denied");
    answer.searchParams.delete("code");
    expect(await codeOf(browser.comeBack(answer.href))).toBe("access_denied");
  });

  it("a machine gets a token in its own name, one for all who ask", async () => {
    const machine = createMachineClient({ ...MACHINE, issuer: provider.issuer, audience: provider.audience });
    const tokens = await Promise.all(Array.from({ length: 20 }, () => machine.getToken()));
    expect(new Set(tokens).size).toBe(1);
    const wrong = createMachineClient({ ...MACHINE, issuer: provider.issuer, clientSecret: "x".repeat(48) });
    expect(await codeOf(wrong.getToken())).toBe("issuer_error");
  });
});

describe.each([undefined, "kinde"] as const)("with Hallpass, as with Kinde (face %s)", (face) => {
  it("permissions, organizations and flags are read from the tokens", async () => {
    const provider = await startHallpass(face);
    const auth = createServerAuth({
      ...WEB,
      issuer: provider.issuer,
      redirectUri: CALLBACK,
      audience: provider.audience,
      store: memoryStore(),
    });
    const ada = visitor(auth, issuerPages(provider.fields("ada")).through);
    await ada.signIn({ orgCode: "org_bookstore" });
    const session = await auth.session(ada.request());
    expect(session.getPermission("create:books")).toEqual({ orgCode: "org_bookstore", isGranted: true });
    expect(session.getUserOrganizations()).toEqual({ orgCodes: ["org_bookstore"] });
    expect(session.getStringFlag("theme")).toBe("pink");
    expect(session.getClaim("aud").value).toEqual([provider.audience]);
    expect(session.getUserDetails()).toMatchObject({ givenName: "ada", email: "ada@example.com" });
    await provider.close();
  });
});
