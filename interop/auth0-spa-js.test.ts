import { createVerifier } from "@hallpass/tokens";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { claimsOf, headerOf } from "../packages/identity/test/identity.ts";
import type {} from "./pages/auth0-spa-js.ts";
import { auth0Suite } from "./support/auth0.ts";
import { AUDIENCE, lin } from "./support/identity.ts";
import { pageSuite } from "./support/page-suite.ts";
import { fillRegistration, fillSignIn, newcomer } from "./support/person.ts";

const suite = pageSuite(auth0Suite("auth0-spa-js.ts"));

/** Waits until the page is the application's and knows who is signed in, if anybody. */
async function settled(page: Page) {
  await page.waitForURL(`${suite.app.url}/`);
  await page.waitForFunction(() => window.ready);
  return await page.evaluate(() => window.auth0.getUser());
}

/** Leaves for the identity server, with these parameters of the authorization request. */
async function leave(page: Page, authorizationParams: Record<string, string> = {}) {
  await settled(page);
  await Promise.all([
    page.waitForURL(/interaction/),
    page.evaluate((parameters) => {
      void window.auth0.loginWithRedirect({ authorizationParams: parameters });
    }, authorizationParams),
  ]);
}

async function signIn(page: Page, authorizationParams: Record<string, string> = {}) {
  await leave(page, authorizationParams);
  await fillSignIn(page);
  return await settled(page);
}

const token = async (page: Page, options = {}) =>
  (await page.evaluate((given) => window.auth0.getTokenSilently(given), options)) ?? "";

describe("auth0-spa-js", () => {
  test("signs in, with Auth0's claims in both tokens", async () => {
    const { page } = await suite.visit();
    const user = await signIn(page);
    expect(user).toEqual({
      sub: expect.any(String),
      name: "Ada Lovelace",
      given_name: "Ada",
      family_name: "Lovelace",
      nickname: "ada",
      picture: "https://images.example.com/ada.png",
      email: "ada@example.com",
      email_verified: expect.any(Boolean),
      updated_at: expect.stringMatching(/^\d{4}-.*Z$/),
      org_id: "org_bookstore",
      org_name: "org_bookstore",
    });
    const accessToken = await token(page);
    expect(headerOf(accessToken)).toMatchObject({ alg: "RS256", typ: "at+jwt" });
    expect(claimsOf(accessToken)).toMatchObject({
      iss: `${suite.issuer.url}/`,
      sub: user?.sub,
      aud: [AUDIENCE],
      azp: "bookstore-web",
      client_id: "bookstore-web",
      scope: "openid profile email offline",
      permissions: ["create:books", "read:books"],
      org_id: "org_bookstore",
    });
    const claims = await page.evaluate(() => window.auth0.getIdTokenClaims());
    expect(claims).toMatchObject({
      iss: `${suite.issuer.url}/`,
      aud: "bookstore-web",
      sid: expect.any(String),
    });
  });

  test("has an access token that an API accepts, whose issuer is configured with the slash or without", async () => {
    const { page } = await suite.visit();
    await signIn(page);
    const accessToken = await token(page);
    for (const issuer of [suite.issuer.url, `${suite.issuer.url}/`]) {
      const verifier = createVerifier({ issuer, audience: AUDIENCE });
      const { issuer: stated } = await verifier.verify(accessToken);
      expect(stated).toBe(`${suite.issuer.url}/`);
    }
  });

  test("registers with screen_hint=signup", async () => {
    const { page } = await suite.visit();
    await leave(page, { screen_hint: "signup" });
    const grace = newcomer();
    await fillRegistration(page, grace);
    expect(await settled(page)).toMatchObject({ email: grace.email, name: "Grace Hopper" });
  });

  test("is still signed in after a reload, from its storage", async () => {
    const { page } = await suite.visit();
    const user = await signIn(page);
    await page.reload();
    expect(await settled(page)).toEqual(user);
  });

  test("refreshes, with forms and with JSON", async () => {
    for (const useFormData of [true, false]) {
      const { page } = await suite.visit({ useFormData });
      const user = await signIn(page);
      const before = await token(page);
      const after = await token(page, { cacheMode: "off" });
      expect(after).not.toBe(before);
      expect(claimsOf(after)).toMatchObject({ sub: user?.sub, aud: [AUDIENCE], org_id: "org_bookstore" });
    }
  });

  test("keeps tokens in memory and restores them after a reload in a hidden frame, without refresh tokens", async () => {
    const { page } = await suite.visit({ useRefreshTokens: false, cacheLocation: "memory" });
    const user = await signIn(page);
    const before = await token(page);
    await page.reload();
    expect(await settled(page)).toEqual(user);
    const after = await token(page);
    expect(after).not.toBe(before);
    expect(claimsOf(after).scope).toBe("openid profile email");
  });

  test("learns in the hidden frame that nobody is signed in any more", async () => {
    const { page, context } = await suite.visit({ useRefreshTokens: false, cacheLocation: "memory" });
    await signIn(page);
    await context.clearCookies();
    const error = await page.evaluate(() =>
      window.auth0.getTokenSilently({ cacheMode: "off" }).then(
        () => undefined,
        (reason: { error: string }) => reason.error,
      ),
    );
    expect(error).toBe("login_required");
  });

  test("signs in to the organization that it names", async () => {
    const { page } = await suite.visit();
    await leave(page, { organization: "org_library" });
    await fillSignIn(page, lin);
    const user = await settled(page);
    expect(user).toMatchObject({ org_id: "org_library" });
    expect(claimsOf(await token(page))).toMatchObject({ org_id: "org_library", permissions: ["read:books"] });
  });

  test("finds its popup closed, because the sign-in pages have no tie to who opened them", async () => {
    const { page, context } = await suite.visit();
    await settled(page);
    const opened = context.waitForEvent("page");
    const error = await page.evaluate(() =>
      window.auth0.loginWithPopup().then(
        () => undefined,
        (reason: { error: string }) => reason.error,
      ),
    );
    expect(error).toBe("cancelled");
    const popup = await opened;
    await popup.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(await popup.evaluate(() => window.opener)).toBeNull();
  });

  test("revokes its refresh token", async () => {
    const { page } = await suite.visit();
    await signIn(page);
    const accessToken = await token(page);
    await page.evaluate(() => window.auth0.revokeRefreshToken());
    const profile = await fetch(`${suite.issuer.url}/userinfo`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    expect(profile.status).toBe(401);
  });

  test("signs out by /v2/logout, and the identity server asks for the password the next time", async () => {
    const { page } = await suite.visit();
    await signIn(page);
    const asked = page.waitForRequest(/\/v2\/logout\?/);
    await page.evaluate(() => {
      void window.auth0.logout({ logoutParams: { returnTo: location.origin } });
    });
    await asked;
    expect(await settled(page)).toBeUndefined();
    await signIn(page);
  });
});
