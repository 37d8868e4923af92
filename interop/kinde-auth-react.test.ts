import type { Page, Response } from "playwright-core";
import { describe, expect, test } from "vitest";
import { claimsOf, refresh as refreshOf } from "../packages/identity/test/identity.ts";
import type {} from "./pages/kinde-auth-react.tsx";
import { AUDIENCE, ada, lin } from "./support/identity.ts";
import { clientId, kindeSuite } from "./support/kinde.ts";
import { pageSuite } from "./support/page-suite.ts";
import { fillRegistration, fillSignIn, newcomer } from "./support/person.ts";

const suite = pageSuite(kindeSuite("kinde-auth-react.tsx"));

const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();

const userOf = async (page: Page) => JSON.parse(await page.getByTitle("user").innerText());

async function signIn(page: Page, person = ada) {
  await press(page, "Sign in here");
  await fillSignIn(page, person);
}

const accessToken = async (page: Page) => (await page.evaluate(() => window.kinde.getAccessToken())) ?? "";

/** Asks for new tokens, as the SDK's timer does. */
const refresh = (page: Page) =>
  page.evaluate(() => {
    const { issuer: domain, clientId } = window.settings;
    return window.kinde.refreshToken({ domain, clientId });
  });

const inStorage = (page: Page) => page.evaluate(() => Object.keys(localStorage).join(" "));

describe.each([
  ["with its refresh token in a cookie that scripts cannot read", {}],
  ["with its refresh token in its storage", { useInsecureForRefreshToken: true }],
])("kinde-auth-react %s", (_name, options) => {
  const hasCookie = !("useInsecureForRefreshToken" in options);

  test("signs in", async () => {
    const { page } = await suite.visit(options);
    await signIn(page);
    expect(await userOf(page)).toEqual({
      id: expect.stringMatching(/^kp_/),
      givenName: "Ada",
      familyName: "Lovelace",
      email: "ada@example.com",
      picture: "https://images.example.com/ada.png",
    });
    expect((await inStorage(page)).includes("refreshToken")).toBe(!hasCookie);
  });

  test("is still signed in after a reload, and refreshes", async () => {
    const { page } = await suite.visit(options);
    await signIn(page);
    const user = await userOf(page);
    const signedIn = await accessToken(page);
    const asked = page.waitForRequest(/\/oauth2\/token$/);
    await page.reload();
    expect(await userOf(page)).toEqual(user);
    expect(new URLSearchParams((await asked).postData() ?? "").has("refresh_token")).toBe(!hasCookie);
    const restored = await accessToken(page);
    expect(restored).not.toBe(signedIn);
    expect(await refresh(page)).toMatchObject({ success: true });
    const refreshed = await accessToken(page);
    expect(refreshed).not.toBe(restored);
    expect(claimsOf(refreshed)).toMatchObject({
      iss: suite.issuer.url,
      sub: user.id,
      aud: [AUDIENCE],
      org_code: "org_bookstore",
    });
  });

  test("signs out, and the identity server asks for the password the next time", async () => {
    const { page, context } = await suite.visit(options);
    await signIn(page);
    await userOf(page);
    await press(page, "Sign out");
    await page.getByRole("button", { name: "Sign in here" }).waitFor();
    expect((await context.cookies()).filter(({ name }) => /^_kbrte|^refresh_token/.test(name))).toEqual([]);
    await page.reload();
    await signIn(page);
    expect(await userOf(page)).toMatchObject({ email: ada.email });
  });
});

describe("kinde-auth-react", () => {
  test("registers", async () => {
    const { page } = await suite.visit();
    await press(page, "Register");
    const grace = newcomer();
    await fillRegistration(page, grace);
    expect(await userOf(page)).toMatchObject({
      email: grace.email,
      givenName: "Grace",
      familyName: "Hopper",
    });
  });

  test("gets back what it has sent along, and no error, in StrictMode too", async () => {
    const { page } = await suite.visit();
    await page.getByRole("button", { name: "Sign in here" }).waitFor();
    await page.evaluate(
      () => void window.kinde.login({ state: { place: "shelf" }, loginHint: "ada@example.com" }),
    );
    await page.getByLabel("Password").fill(ada.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await userOf(page);
    // Every page without a session is told to be without a refresh token.
    await page.waitForFunction(() => window.told.some(({ callback }) => callback === "success"));
    const told = await page.evaluate(() => window.told);
    expect(told).toEqual([
      { callback: "error", name: "ERR_CHECK_AUTH", state: undefined },
      { callback: "success", name: ada.email, state: "shelf" },
    ]);
  });

  test("knows permissions, roles, flags, claims and organizations, from the token and from the identity server", async () => {
    const { page } = await suite.visit();
    await signIn(page);
    const user = await userOf(page);
    const known = await page.evaluate(async () => ({
      create: await window.kinde.getPermission("create:books"),
      burn: await window.kinde.getPermission("burn:books"),
      permissions: await window.kinde.getPermissions(),
      roles: await window.kinde.getRoles(),
      flags: await Promise.all(
        ["theme", "beta", "shelves", "moat"].map((name) => window.kinde.getFlag(name)),
      ),
      organization: await window.kinde.getCurrentOrganization(),
      organizations: await window.kinde.getUserOrganizations(),
      profile: await window.kinde.getUserProfile(),
      audience: await window.kinde.getClaim<{ aud: string[] }>("aud"),
      email: await window.kinde.getClaim<{ email: string }>("email", "idToken"),
      isEditor: await window.utils.has({ roles: ["editor"], permissions: ["create:books"] }),
    }));
    expect(known).toEqual({
      create: { permissionKey: "create:books", orgCode: "org_bookstore", isGranted: true },
      burn: { permissionKey: "burn:books", orgCode: "org_bookstore", isGranted: false },
      permissions: { orgCode: "org_bookstore", permissions: ["create:books", "read:books"] },
      roles: [{ id: expect.any(String), key: "editor", name: "Editor" }],
      flags: ["sand", true, 3, null],
      organization: "org_bookstore",
      organizations: ["org_bookstore"],
      profile: user,
      audience: { name: "aud", value: [AUDIENCE] },
      email: { name: "email", value: ada.email },
      isEditor: true,
    });
    const asked = await page.evaluate(async () => ({
      create: await window.utils.getPermission("create:books", { forceApi: true }),
      permissions: await window.utils.getPermissions({ forceApi: true }),
      roles: await window.utils.getRoles({ forceApi: true }),
      flag: await window.utils.getFlag("shelves", { forceApi: true }),
      entitlements: await window.utils.getEntitlements(),
    }));
    const { create, permissions, roles } = known;
    const entitlements = { orgCode: "org_bookstore", plans: [], entitlements: [] };
    expect(asked).toEqual({ create, permissions, roles, flag: 3, entitlements });
  });

  test("signs in to the organization that is chosen, that it names, and that it switches to", async () => {
    const { page, expectProblems } = await suite.visit();
    const organization = () => page.evaluate(() => window.kinde.getCurrentOrganization());
    await signIn(page, lin);
    await press(page, "The Bookstore");
    await userOf(page);
    expect(await organization()).toBe("org_bookstore");

    // The SDK sends a state of its own making, stumbles over it, and goes on.
    expectProblems(/^Error parsing state/);
    await press(page, "To the library");
    await page.waitForURL(/code=/);
    await page.waitForURL(`${suite.app.url}/`);
    await userOf(page);
    expect(await organization()).toBe("org_library");
    expect(claimsOf(await accessToken(page))).toMatchObject({ permissions: ["read:books"], aud: [] });

    await Promise.all([
      page.waitForURL(/code=/),
      page.evaluate(() => void window.kinde.login({ orgCode: "org_bookstore" })),
    ]);
    await page.waitForURL(`${suite.app.url}/`);
    await userOf(page);
    expect(claimsOf(await accessToken(page))).toMatchObject({ org_code: "org_bookstore", aud: [AUDIENCE] });
  });

  test("creates an organization for somebody who registers, and for somebody who is signed in", async () => {
    const { page } = await suite.visit();
    await page.getByRole("button", { name: "Register" }).waitFor();
    await page.evaluate(() => void window.kinde.register({ isCreateOrg: true, orgName: "The Printers" }));
    await fillRegistration(page);
    await userOf(page);
    const first = await page.evaluate(() => window.kinde.getClaim<{ org_name: string }>("org_name"));
    expect(first?.value).toBe("The Printers");

    await page.evaluate(() => void window.kinde.login({ isCreateOrg: true, orgName: "The Binders" }));
    await page.getByLabel("Name").waitFor();
    await press(page, "Create");
    await userOf(page);
    const second = await page.evaluate(() => window.kinde.getClaim<{ org_name: string }>("org_name"));
    expect(second?.value).toBe("The Binders");
  });

  test("takes people with an invitation to the registration, and into the organization", async () => {
    const grace = newcomer();
    const { code } = await suite.issuer.identity.invitations.create({
      organization: "org_library",
      roles: ["reader"],
    });
    const { page } = await suite.visit();
    await page.goto(`${suite.app.url}/?invitation_code=${code}`);
    await fillRegistration(page, grace);
    expect(await userOf(page)).toMatchObject({ email: grace.email });
    expect(await page.evaluate(() => window.kinde.getCurrentOrganization())).toBe("org_library");
  });

  test("leads to the account page and back", async () => {
    const { page } = await suite.visit();
    await signIn(page);
    await press(page, "Account");
    await page.waitForURL(`${suite.issuer.url}/account?**`);
    await page.getByRole("link", { name: "Back to" }).click();
    await page.waitForURL(`${suite.app.url}/`);
    expect(await userOf(page)).toMatchObject({ email: ada.email });
  });

  test("revokes its refresh token when nobody has done anything for the time that it was given", async () => {
    const { page } = await suite.visit({
      activityTimeout: { timeoutMinutes: 0.02 },
      useInsecureForRefreshToken: true,
    });
    const formOf = (response: Response) => new URLSearchParams(response.request().postData() ?? "");
    const [response] = await Promise.all([
      page.waitForResponse(
        (each) =>
          each.url() === `${suite.issuer.url}/oauth2/revoke` &&
          formOf(each).get("token_type_hint") === "refresh_token",
      ),
      signIn(page),
    ]);
    expect(response.status()).toBe(200);
    await page.getByRole("button", { name: "Sign in here" }).waitFor();
    const { status } = await refreshOf(suite.issuer.url, formOf(response).get("token") ?? "", {
      client_id: clientId,
    });
    expect(status).toBe(400);
  });
});
