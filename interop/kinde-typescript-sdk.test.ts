import { randomBytes } from "node:crypto";
import {
  createKindeServerClient,
  GrantType,
  PortalPage,
  type SessionManager,
} from "@kinde-oss/kinde-typescript-sdk";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { createBrowser } from "../packages/identity/test/browser.ts";
import { arrived, claimsOf, newcomer } from "../packages/identity/test/identity.ts";
import { AUDIENCE, ada, type Issuer, lin, startIssuer } from "./support/identity.ts";
import { passThrough } from "./support/visitor.ts";

const home = "http://localhost:4302";
const redirectURL = `${home}/callback`;
const secret = randomBytes(24).toString("hex");

let issuer: Issuer;

beforeAll(async () => {
  const addresses = { redirectUris: [redirectURL], postLogoutRedirectUris: [home] };
  issuer = await startIssuer({
    config: (url) => ({
      face: "kinde",
      applications: [
        { clientId: "bookstore-server", type: "web", secret, pkce: "optional", ...addresses },
        { clientId: "bookstore-terminal", type: "web", ...addresses },
        {
          clientId: "night-import",
          type: "machine",
          secret,
          apis: [{ audience: AUDIENCE }, { audience: `${url}/api` }],
        },
      ],
    }),
  });
});
afterAll(() => issuer?.close());
afterEach(() => {
  vi.restoreAllMocks();
  expect(issuer.events.filter(({ type }) => type === "server_error")).toEqual([]);
});

/** What an application's server keeps of one person. */
function newSession(): SessionManager & { items: Map<string, unknown> } {
  const items = new Map<string, unknown>();
  return {
    items,
    async getSessionItem(key) {
      return items.get(key) ?? null;
    },
    async setSessionItem(key, value) {
      items.set(key, value);
    },
    async removeSessionItem(key) {
      items.delete(key);
    },
    async destroySession() {
      items.clear();
    },
  };
}

const common = () => ({
  authDomain: issuer.url,
  redirectURL,
  logoutRedirectURL: home,
  audience: [AUDIENCE, `${issuer.url}/api`],
});

const withSecret = () =>
  createKindeServerClient(GrantType.AUTHORIZATION_CODE, {
    ...common(),
    clientId: "bookstore-server",
    clientSecret: secret,
  });
const withPkce = () =>
  createKindeServerClient(GrantType.PKCE, { ...common(), clientId: "bookstore-terminal" });

describe.each([
  ["a client secret", withSecret],
  ["PKCE", withPkce],
])("kinde-typescript-sdk with %s", (_name, create) => {
  let client: ReturnType<typeof withSecret>;
  beforeAll(() => {
    client = create();
  });

  async function signIn(
    options?: Parameters<typeof client.login>[1],
    person = ada,
    browser = createBrowser(),
  ) {
    const session = newSession();
    const callback = await passThrough(await client.login(session, options), person, browser);
    await client.handleRedirectToApp(session, callback);
    return session;
  }

  test("signs in", async () => {
    const session = await signIn();
    expect(await client.isAuthenticated(session)).toBe(true);
    expect(claimsOf(await client.getToken(session))).toMatchObject({
      iss: issuer.url,
      aud: [AUDIENCE, `${issuer.url}/api`].sort(),
      org_code: "org_bookstore",
      permissions: ["create:books", "read:books"],
    });
    expect(await client.getUser(session)).toMatchObject({
      id: expect.stringMatching(/^kp_/),
      email: ada.email,
      given_name: "Ada",
      family_name: "Lovelace",
      picture: "https://images.example.com/ada.png",
    });
  });

  test("registers, with an organization of one's own too", async () => {
    const session = newSession();
    const grace = newcomer("grace@example.com", { email: `${randomBytes(8).toString("hex")}@example.com` });
    await client.handleRedirectToApp(session, await passThrough(await client.register(session), grace));
    expect(await client.getUser(session)).toMatchObject({ email: grace.email, given_name: grace.givenName });

    const founder = newcomer(`${randomBytes(8).toString("hex")}@example.com`);
    const own = newSession();
    const url = await client.createOrg(own, { org_name: "The Printers" });
    await client.handleRedirectToApp(own, await passThrough(url, founder));
    expect(await client.getClaimValue(own, "org_name")).toBe("The Printers");
  });

  test("reads the profile, and refreshes", async () => {
    const session = await signIn();
    const user = await client.getUser(session);
    const profile = await client.getUserProfile(session);
    expect(profile).toMatchObject({ id: user.id, email: ada.email, given_name: "Ada" });
    const before = await client.getToken(session);
    await client.refreshTokens(session);
    const after = await client.getToken(session);
    expect(after).not.toBe(before);
    expect(claimsOf(after).aud).toEqual(claimsOf(before).aud);
    expect(await client.getUserProfile(session)).toEqual(profile);
  });

  test("refreshes ten times at once with one token", async () => {
    const session = await signIn();
    const answers = await Promise.all(Array.from({ length: 10 }, () => client.refreshTokens(session)));
    expect(new Set(answers.map((answer) => answer.refresh_token)).size).toBe(1);
    await client.refreshTokens(session);
    expect(await client.isAuthenticated(session)).toBe(true);
  });

  test("knows permissions, flags, claims and organizations", async () => {
    const session = await signIn();
    expect(await client.getPermission(session, "create:books")).toEqual({
      orgCode: "org_bookstore",
      isGranted: true,
    });
    expect(await client.getPermission(session, "burn:books")).toMatchObject({ isGranted: false });
    expect(await client.getPermissions(session)).toEqual({
      permissions: ["create:books", "read:books"],
      orgCode: "org_bookstore",
    });
    expect(await client.getStringFlag(session, "theme")).toBe("sand");
    expect(await client.getBooleanFlag(session, "beta")).toBe(true);
    expect(await client.getIntegerFlag(session, "shelves")).toBe(3);
    expect(await client.getBooleanFlag(session, "moat", true)).toBe(true);
    expect(await client.getOrganization(session)).toEqual({ orgCode: "org_bookstore" });
    expect(await client.getUserOrganizations(session)).toEqual({ orgCodes: ["org_bookstore"] });
    expect(await client.getClaim(session, "email", "id_token")).toEqual({ name: "email", value: ada.email });
    expect(await client.getClaimValue(session, "roles")).toMatchObject([{ key: "editor", name: "Editor" }]);
  });

  test("signs in to the organization that it names, and switches without a question", async () => {
    const browser = createBrowser();
    const session = await signIn({ org_code: "org_library" }, lin, browser);
    expect(await client.getPermissions(session)).toEqual({
      permissions: ["read:books"],
      orgCode: "org_library",
    });
    const page = await browser.open(String(await client.login(session, { org_code: "org_bookstore" })));
    await client.handleRedirectToApp(session, arrived(page));
    expect(await client.getOrganization(session)).toEqual({ orgCode: "org_bookstore" });
  });

  test("is told why somebody gets no further", async () => {
    const session = newSession();
    const url = await client.login(session, { authUrlParams: { prompt: "none" } });
    const callback = await passThrough(url);
    await expect(client.handleRedirectToApp(session, callback)).rejects.toThrow("login_required");
  });

  test("has a link to the account page", async () => {
    const session = await signIn();
    const { url } = await client.portal(session, {
      domain: issuer.url,
      returnUrl: `${home}/shelf`,
      subNav: PortalPage.profile,
    });
    expect(url.origin + url.pathname).toBe(`${issuer.url}/account`);
    expect(url.searchParams.get("return_url")).toBe(`${home}/shelf`);
  });

  test("signs out, here and there", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const browser = createBrowser();
    const session = await signIn(undefined, ada, browser);
    const refreshToken = session.items.get("refresh_token");
    expect(arrived(await browser.open(String(await client.logout(session)))).origin).toBe(home);
    expect(await client.isAuthenticated(session)).toBe(false);
    session.items.set("refresh_token", refreshToken);
    await expect(client.refreshTokens(session)).rejects.toThrow();
    const { html } = await browser.open(String(await client.login(session)));
    expect(html).toContain('name="password"');
  });
});

describe("kinde-typescript-sdk in the name of an application", () => {
  const machine = (audience: string | string[]) =>
    createKindeServerClient(GrantType.CLIENT_CREDENTIALS, {
      authDomain: issuer.url,
      clientId: "night-import",
      clientSecret: secret,
      logoutRedirectURL: home,
      audience,
    });

  test.each<[string, () => string | string[]]>([
    ["an API", () => AUDIENCE],
    ["the management API", () => `${issuer.url}/api`],
    ["both", () => [AUDIENCE, `${issuer.url}/api`]],
  ])("gets a token for %s, and keeps it", async (_name, audience) => {
    const session = newSession();
    const client = machine(audience());
    const token = await client.getToken(session);
    expect(claimsOf(token)).toMatchObject({
      iss: issuer.url,
      aud: [audience()].flat().sort(),
      azp: "night-import",
      gty: ["client_credentials"],
      permissions: [],
    });
    expect(await client.getToken(session)).toBe(token);
    expect(await client.isAuthenticated(session)).toBe(true);
  });

  test("gets none for an API that it may not use", async () => {
    await expect(machine("https://elsewhere.example").getToken(newSession())).rejects.toThrow("elsewhere");
  });
});
