import type { AuthError } from "@hallpass/client";
import { describe, expect, test } from "vitest";
import { browserSuite } from "./support/suite.ts";
import { hasStatus, signIn, stateOf, tokenOf } from "./support/visit.ts";

const suite = browserSuite();

describe("what an issuer's claims are read by", () => {
  const dialects = (from: number) =>
    suite.app.scripts.slice(from).filter((path) => path.includes("every-dialect"));

  test.each([undefined, "kinde", "auth0", "oauth"] as const)("is at hand: %s", async (dialect) => {
    const before = suite.app.scripts.length;
    await using person = await suite.person({ dialect });
    const page = await person.tab();
    expect(await signIn(page)).toMatchObject({ status: "signed-in" });
    expect(await page.evaluate(() => window.client.getPermission("create:books").isGranted)).toBe(true);
    expect(dialects(before)).toEqual([]);
  });

  test("is loaded where few others need it", async () => {
    const before = suite.app.scripts.length;
    await using person = await suite.person({ dialect: "keycloak" });
    suite.issuer.accessToken = { roles: [], realm_access: { roles: ["editor"] }, organization: ["shop"] };
    const page = await person.tab();
    expect(dialects(before)).toEqual([]);
    expect(await signIn(page)).toMatchObject({ status: "signed-in" });
    expect(await page.evaluate(() => [window.client.getRoles(), window.client.getOrganization()])).toEqual([
      [{ key: "editor" }],
      { orgCode: "shop" },
    ]);
    expect(dialects(before)).not.toEqual([]);
  });

  test("must be known", async () => {
    await using person = await suite.person({ dialect: "klingon" as "kinde" });
    const page = await person.tab();
    const error = await page.evaluate(() =>
      window.client.login().catch(({ code, message }: AuthError) => ({ code, message })),
    );
    expect(error).toEqual({
      code: "option_invalid",
      message:
        'dialect is "klingon"; expected one of auth0, clerk, cognito, entra, keycloak, kinde, logto, oauth, okta',
    });
    expect(await stateOf(page)).toMatchObject({ status: "signed-out", error });
  });
});

describe("when the protocol cannot be loaded", () => {
  test("somebody who was signed in is not signed out, and is back when it can", async () => {
    await using person = await suite.person();
    const page = await person.tab();
    await signIn(page);
    const second = await person.context.newPage();
    await second.route(/engine/, (route) => route.abort());
    await second.goto(suite.app.url);
    await hasStatus(second, "offline");
    expect(await tokenOf(second)).toMatch(/error: (issuer_unreachable|not_signed_in)/);
    await second.unroute(/engine/);
    await second.reload();
    await hasStatus(second, "signed-in");
  });

  test("signing in says so", async () => {
    await using person = await suite.person();
    const page = await person.context.newPage();
    await page.route(/engine/, (route) => route.abort());
    await page.goto(suite.app.url);
    await hasStatus(page, "signed-out");
    const code = await page.evaluate(() =>
      window.client.login().catch((error: { code: string }) => error.code),
    );
    expect(code).toBe("issuer_unreachable");
    expect(await stateOf(page)).toMatchObject({
      status: "signed-out",
      error: { code: "issuer_unreachable" },
    });
  });
});
