import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { claimsOf } from "../packages/identity/test/identity.ts";
import type {} from "./pages/oidc-client-ts.ts";
import { AUDIENCE } from "./support/identity.ts";
import { pageSuite } from "./support/page-suite.ts";
import { fillRegistration, fillSignIn, newcomer } from "./support/person.ts";

const clientId = "bookstore-web";
const suite = pageSuite({
  entry: "oidc-client-ts.ts",
  clientId,
  audience: AUDIENCE,
  issuer: (app) => ({
    config: {
      applications: [
        {
          clientId,
          type: "spa",
          redirectUris: [`${app}/callback`, `${app}/silent`],
          postLogoutRedirectUris: [`${app}/`],
        },
      ],
    },
  }),
});

async function settled(page: Page) {
  await page.waitForFunction(() => window.ready);
  return await page.evaluate(() => window.manager.getUser());
}

async function signIn(page: Page) {
  await settled(page);
  await Promise.all([
    page.waitForURL(/interaction/),
    page.evaluate(() => void window.manager.signinRedirect()),
  ]);
  await fillSignIn(page);
  await page.waitForURL(`${suite.app.url}/`);
  return await settled(page);
}

describe("oidc-client-ts", () => {
  test("signs in, with the profile of the ID token and of userinfo", async () => {
    const { page } = await suite.visit();
    const user = await signIn(page);
    expect(user?.profile).toMatchObject({
      iss: suite.issuer.identity.issuer,
      aud: clientId,
      email: "ada@example.com",
      given_name: "Ada",
      picture: "https://images.example.com/ada.png",
    });
    expect(claimsOf(user?.access_token ?? "")).toMatchObject({ aud: [AUDIENCE], org_code: "org_bookstore" });
  });

  test("is still signed in after a reload", async () => {
    const { page } = await suite.visit();
    const before = await signIn(page);
    await page.reload();
    expect(await settled(page)).toEqual(before);
  });

  test("gets new tokens for its refresh token, which is replaced", async () => {
    const { page } = await suite.visit();
    const before = await signIn(page);
    const after = await page.evaluate(() => window.manager.signinSilent());
    expect(after?.profile.sub).toBe(before?.profile.sub);
    expect(after?.access_token).not.toBe(before?.access_token);
    expect(after?.refresh_token).not.toBe(before?.refresh_token);
    expect(claimsOf(after?.access_token ?? "")).toMatchObject({ aud: [AUDIENCE] });
  });

  test("gets new tokens in a hidden frame where it has no refresh token", async () => {
    const { page } = await suite.visit({ scope: "openid profile" });
    const before = await signIn(page);
    expect(before?.refresh_token).toBeUndefined();
    const after = await page.evaluate(() => window.manager.signinSilent());
    expect(after?.profile.sub).toBe(before?.profile.sub);
    expect(after?.access_token).not.toBe(before?.access_token);
  });

  test("learns that nobody is signed in", async () => {
    const { page } = await suite.visit();
    await settled(page);
    const error = await page.evaluate(() =>
      window.manager.signinSilent().then(
        () => undefined,
        (reason: { error: string }) => reason.error,
      ),
    );
    expect(error).toBe("login_required");
  });

  test("registers", async () => {
    const { page } = await suite.visit();
    await settled(page);
    await Promise.all([
      page.waitForURL(/interaction/),
      page.evaluate(() => void window.manager.signinRedirect({ prompt: "create" })),
    ]);
    const grace = newcomer();
    await fillRegistration(page, grace);
    await page.waitForURL(`${suite.app.url}/`);
    expect((await settled(page))?.profile.email).toBe(grace.email);
  });

  test("revokes its tokens", async () => {
    const { page } = await suite.visit();
    const user = await signIn(page);
    await page.evaluate(() => window.manager.revokeTokens(["refresh_token"]));
    const response = await fetch(`${suite.issuer.url}/oauth2/v2/user_profile`, {
      headers: { authorization: `Bearer ${user?.access_token}` },
    });
    expect(response.status).toBe(401);
  });

  test("signs out, and the identity server asks for the password the next time", async () => {
    const { page } = await suite.visit();
    await signIn(page);
    await Promise.all([
      page.waitForURL(`${suite.app.url}/?state=*`),
      page.evaluate(() => void window.manager.signoutRedirect({ state: "bye" })),
    ]);
    expect(await settled(page)).toBeNull();
    await signIn(page);
  });
});
