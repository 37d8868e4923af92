import { describe, expect, test } from "vitest";
import { claimsOf } from "../packages/identity/test/identity.ts";
import type {} from "./pages/auth0-spa-js.ts";
import { auth0Suite } from "./support/auth0.ts";
import { pageSuite } from "./support/page-suite.ts";
import { fillSignIn } from "./support/person.ts";

const suite = pageSuite(auth0Suite("auth0-spa-js.ts", { https: true }));

describe("auth0-spa-js over https", () => {
  test("signs in and refreshes with a domain that has no scheme, as Auth0 writes it", async () => {
    const domain = new URL(suite.issuer.url).host;
    const { page } = await suite.visit({ domain });
    await page.waitForFunction(() => window.ready);
    await Promise.all([
      page.waitForURL(/interaction/),
      page.evaluate(() => void window.auth0.loginWithRedirect()),
    ]);
    await fillSignIn(page);
    await page.waitForURL(`${suite.app.url}/`);
    await page.waitForFunction(() => window.ready);
    const token = await page.evaluate(() => window.auth0.getTokenSilently({ cacheMode: "off" }));
    expect(claimsOf(token ?? "")).toMatchObject({ iss: `https://${domain}/`, org_id: "org_bookstore" });
  });
});
