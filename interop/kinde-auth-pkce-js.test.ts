import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { claimsOf } from "../packages/identity/test/identity.ts";
import type {} from "./pages/kinde-auth-pkce-js.ts";
import { AUDIENCE, ada, lin } from "./support/identity.ts";
import { kindeSuite } from "./support/kinde.ts";
import { pageSuite, type Visit } from "./support/page-suite.ts";
import { fillRegistration, fillSignIn, newcomer } from "./support/person.ts";

const suite = pageSuite(kindeSuite("kinde-auth-pkce-js.ts"));

async function visit(): Promise<Visit> {
  const visited = await suite.visit();
  // Said at every exchange of a code: it would have its framework named, and does not name itself.
  visited.expectProblems(/^Framework and version not set/);
  await settled(visited.page);
  return visited;
}

/** Waits until the page is the application's and knows who is signed in, if anybody. */
async function settled(page: Page) {
  await page.waitForURL(`${suite.app.url}/`);
  await page.waitForFunction(() => window.ready);
  return await page.evaluate(() => window.client.getUserProfile());
}

type Options = Parameters<Window["client"]["login"]>[0];

/** Leaves for the identity server. */
async function leave(page: Page, how: "login" | "register" | "createOrg" = "login", options: Options = {}) {
  await Promise.all([
    page.waitForURL(/interaction|code=/),
    page.evaluate(([name, given]) => void window.client[name](given), [how, options] as const),
  ]);
}

async function signIn(page: Page, options: Options = {}) {
  await leave(page, "login", options);
  await fillSignIn(page);
  return await settled(page);
}

const accessToken = async (page: Page) => (await page.evaluate(() => window.client.getAccessToken())) ?? "";

describe("kinde-auth-pkce-js", () => {
  test("signs in, and gets back what it has sent along", async () => {
    const { page } = await visit();
    expect(await signIn(page, { app_state: { place: "shelf" } })).toEqual({
      id: expect.stringMatching(/^kp_/),
      given_name: "Ada",
      family_name: "Lovelace",
      email: "ada@example.com",
      picture: "https://images.example.com/ada.png",
    });
    expect(await page.evaluate(() => window.appState)).toMatchObject({ place: "shelf" });
    expect(claimsOf(await accessToken(page))).toMatchObject({
      iss: suite.issuer.url,
      aud: [AUDIENCE],
      azp: "bookstore-web",
      org_code: "org_bookstore",
    });
  });

  test("registers", async () => {
    const { page } = await visit();
    await leave(page, "register");
    const grace = newcomer();
    await fillRegistration(page, grace);
    expect(await settled(page)).toMatchObject({ email: grace.email, given_name: "Grace" });
  });

  test("is still signed in after a reload, with new tokens", async () => {
    const { page } = await visit();
    const user = await signIn(page);
    const before = await accessToken(page);
    await page.reload();
    expect(await settled(page)).toEqual(user);
    expect(await page.evaluate(() => window.client.isAuthenticated())).toBe(true);
    const after = await accessToken(page);
    expect(after).not.toBe(before);
    expect(claimsOf(after)).toMatchObject({ sub: user?.id, aud: [AUDIENCE] });
  });

  test("refreshes when it is told to, in the way that it has and in the way that it is giving up", async () => {
    const { page, expectProblems } = await visit();
    expectProblems(/`getToken\(\)` is deprecated/);
    await signIn(page);
    const first = await accessToken(page);
    const second = await page.evaluate(async () => {
      const { issuer: domain, clientId } = window.settings;
      const result = await window.sdk.refreshToken({ domain, clientId });
      return String(result.accessToken);
    });
    const third = (await page.evaluate(() => window.client.getToken({ isForceRefresh: true }))) ?? "";
    expect(new Set([first, second, third]).size).toBe(3);
    expect(claimsOf(third)).toMatchObject({ aud: [AUDIENCE], sub: claimsOf(first).sub });
  });

  test("stays signed in on two pages that refresh at once", async () => {
    const { page, context } = await visit();
    const user = await signIn(page);
    const other = await context.newPage();
    await other.goto(suite.app.url);
    await Promise.all([page.reload(), other.reload()]);
    for (const each of [page, other]) expect(await settled(each)).toEqual(user);
    await page.reload();
    expect(await settled(page)).toEqual(user);
  });

  test("knows permissions, flags, claims and organizations", async () => {
    const { page } = await visit();
    await signIn(page);
    const known = await page.evaluate(() => {
      const { client } = window;
      return {
        create: client.getPermission("create:books"),
        burn: client.getPermission("burn:books"),
        permissions: client.getPermissions(),
        theme: client.getStringFlag("theme", "grey"),
        beta: client.getBooleanFlag("beta"),
        shelves: client.getIntegerFlag("shelves", 1),
        moat: client.getFlag("moat", true, "b"),
        organization: client.getOrganization(),
        organizations: client.getUserOrganizations(),
        audience: client.getClaim("aud"),
        name: client.getClaim("given_name", "id_token"),
      };
    });
    expect(known).toEqual({
      create: { isGranted: true, orgCode: "org_bookstore" },
      burn: { isGranted: false, orgCode: "org_bookstore" },
      permissions: { permissions: ["create:books", "read:books"], orgCode: "org_bookstore" },
      theme: "sand",
      beta: true,
      shelves: 3,
      moat: { code: "moat", type: "boolean", value: true, is_default: true },
      organization: { orgCode: "org_bookstore" },
      organizations: { orgCodes: ["org_bookstore"] },
      audience: { name: "aud", value: [AUDIENCE] },
      name: { name: "given_name", value: "Ada" },
    });
    expect(await page.evaluate(() => window.sdk.getRoles())).toEqual([
      { id: expect.any(String), key: "editor", name: "Editor" },
    ]);
  });

  test("signs in to the organization that is chosen, and to the one that it names", async () => {
    const { page } = await visit();
    const organization = () => page.evaluate(() => window.client.getOrganization().orgCode);
    await leave(page);
    await fillSignIn(page, lin);
    await page.getByRole("button", { name: "The Bookstore" }).click();
    await settled(page);
    expect(await organization()).toBe("org_bookstore");
    await leave(page, "login", { orgCode: "org_library" });
    await settled(page);
    expect(await organization()).toBe("org_library");
    expect(claimsOf(await accessToken(page))).toMatchObject({ permissions: ["read:books"], aud: [AUDIENCE] });
  });

  test("creates an organization for somebody new, and for somebody who has an account", async () => {
    const { page } = await visit();
    await leave(page, "createOrg", { org_name: "The Printers" });
    await fillRegistration(page);
    await settled(page);
    expect(claimsOf(await accessToken(page))).toMatchObject({ org_name: "The Printers" });

    const { page: another } = await visit();
    await leave(another, "createOrg", { org_name: "The Binders" });
    await another.getByRole("link", { name: "Sign in" }).click();
    await fillSignIn(another, lin);
    await another.getByRole("button", { name: "Create" }).click();
    await settled(another);
    expect(claimsOf(await accessToken(another))).toMatchObject({ org_name: "The Binders" });
  });

  test("leads to the account page", async () => {
    const { page } = await visit();
    await signIn(page);
    await Promise.all([
      page.waitForURL(`${suite.issuer.url}/account?**`),
      page.evaluate(() => void window.client.portal({ returnUrl: location.href })),
    ]);
    await page.getByText(ada.email).first().waitFor();
  });

  test("signs out, in other browsers too where it says so", async () => {
    const { page } = await visit();
    const elsewhere = await visit();
    await signIn(page);
    await signIn(elsewhere.page);
    await Promise.all([
      page.waitForRequest(/all_sessions=true/),
      page.evaluate(() => void window.client.logout({ allSessions: true })),
    ]);
    expect(await settled(page)).toBeUndefined();
    await leave(page);
    await page.getByLabel("Password").waitFor();

    elsewhere.expectProblems(/Failed to load resource: .* 400/);
    await elsewhere.page.reload();
    expect(await settled(elsewhere.page)).toBeUndefined();
  });
});
