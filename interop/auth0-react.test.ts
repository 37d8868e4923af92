import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { claimsOf } from "../packages/identity/test/identity.ts";
import { auth0Suite } from "./support/auth0.ts";
import { AUDIENCE, lin } from "./support/identity.ts";
import { pageSuite } from "./support/page-suite.ts";
import { fillRegistration, fillSignIn, newcomer } from "./support/person.ts";

const suite = pageSuite(auth0Suite("auth0-react.tsx"));

const refreshTokens = { useRefreshTokens: true, cacheLocation: "localstorage" };

const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();

const userOf = async (page: Page) => JSON.parse(await page.getByTitle("user").innerText());

async function signIn(page: Page) {
  await press(page, "Sign in here");
  await fillSignIn(page);
  return await userOf(page);
}

/** Presses a button that shows a token other than the one that is there. */
async function tokenBy(page: Page, button: string, before = "") {
  await press(page, button);
  const shown = page.getByTitle("token");
  await page.waitForFunction(
    (old) => !["", old].includes(document.querySelector("[title=token]")?.textContent ?? ""),
    before,
  );
  return await shown.innerText();
}

describe.each([
  ["with refresh tokens in its storage", refreshTokens],
  ["with hidden frames and tokens in memory", {}],
])("auth0-react %s", (_name, options) => {
  test("signs in and returns to where the person wanted to go", async () => {
    const { page } = await suite.visit(options);
    expect(await signIn(page)).toMatchObject({
      name: "Ada Lovelace",
      nickname: "ada",
      email: "ada@example.com",
      picture: "https://images.example.com/ada.png",
    });
    expect(page.url()).toBe(`${suite.app.url}/shelf`);
  });

  test("is still signed in after a reload, and gets new tokens", async () => {
    const { page } = await suite.visit(options);
    const user = await signIn(page);
    await page.reload();
    expect(await userOf(page)).toEqual(user);
    const first = await tokenBy(page, "Token");
    const second = await tokenBy(page, "New token", first);
    expect(claimsOf(second)).toMatchObject({
      sub: user.sub,
      aud: [AUDIENCE],
      permissions: ["create:books", "read:books"],
    });
  });

  test("signs out, and the identity server asks for the password the next time", async () => {
    const { page } = await suite.visit(options);
    await signIn(page);
    await press(page, "Sign out");
    await signIn(page);
  });
});

describe("auth0-react", () => {
  test("registers", async () => {
    const { page } = await suite.visit(refreshTokens);
    await press(page, "Register");
    const grace = newcomer();
    await fillRegistration(page, grace);
    expect(await userOf(page)).toMatchObject({ email: grace.email, name: "Grace Hopper" });
  });

  test("signs in to the organization that it names", async () => {
    const { page } = await suite.visit(refreshTokens);
    await press(page, "Library");
    await fillSignIn(page, lin);
    expect(await userOf(page)).toMatchObject({ org_id: "org_library" });
    expect(claimsOf(await tokenBy(page, "Token"))).toMatchObject({
      org_id: "org_library",
      permissions: ["read:books"],
    });
  });

  test("is signed out in a second tab as well, from its next reload on", async () => {
    const { page, context } = await suite.visit(refreshTokens);
    await signIn(page);
    const other = await context.newPage();
    await other.goto(suite.app.url);
    await tokenBy(other, "Token");
    await press(page, "Sign out");
    await page.getByRole("button", { name: "Sign in here" }).waitFor();
    await other.reload();
    await other.getByRole("button", { name: "Sign in here" }).waitFor();
  });
});
