import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formOf } from "../../test/browser.ts";
import {
  authorizationRequest,
  CLIENT_ID,
  HOME,
  ORIGIN,
  type RunningIdentity,
  refresh,
  startIdentity,
  tokensFor,
} from "../../test/identity.ts";

let running: RunningIdentity;
let issuer: string;

beforeAll(async () => {
  running = await startIdentity();
  ({ issuer } = running);
});
afterAll(async () => {
  await running.identity.close();
});

async function someone() {
  const browser = running.browser();
  const { body } = await tokensFor(running, {}, browser);
  return { browser, body };
}

const account = (query = "") => `${issuer}/account${query}`;

describe("the account page", () => {
  test("shows who is signed in and where they belong", async () => {
    const { browser } = await someone();
    const page = await browser.open(account(`?client_id=${CLIENT_ID}`));
    expect(page.status).toBe(200);
    expect(page.html).toContain("Ada Lovelace");
    expect(page.html).toContain("ada@example.com");
    expect(page.html).toContain("The Bookstore");
    expect(page.html).toContain("The Library");
    expect(page.html).toContain(`href="${HOME}"`);
    expect(page.headers.get("cache-control")).toBe("no-store");
    expect(page.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  });

  test("shows nothing to somebody who is not signed in", async () => {
    const page = await running.browser().open(account(`?client_id=${CLIENT_ID}`));
    expect(page.status).toBe(401);
    expect(page.html).toContain("not signed in");
    expect(page.html).toContain(`href="${HOME}"`);
  });

  test("leads back to the application's own origin only", async () => {
    const { browser } = await someone();
    const own = await browser.open(account(`?client_id=${CLIENT_ID}&return_url=${ORIGIN}/books`));
    expect(own.html).toContain(`href="${ORIGIN}/books"`);
    for (const foreign of [
      "https://evil.example/",
      "javascript:alert(1)",
      "http://localhost:4309/",
      "//evil.example",
    ]) {
      const page = await browser.open(
        account(`?client_id=${CLIENT_ID}&return_url=${encodeURIComponent(foreign)}`),
      );
      expect(page.html).toContain(`href="${HOME}"`);
      expect(page.html).not.toContain(foreign);
      const nobody = await browser.open(account(`?return_url=${encodeURIComponent(foreign)}`));
      expect(nobody.html).not.toContain(foreign);
    }
  });

  test("says where plans are not", async () => {
    const { browser } = await someone();
    expect((await browser.open(account("?subnav=plan_details"))).html).toContain("Plans and payments");
    expect((await browser.open(account("?subnav=profile"))).html).not.toContain("Plans and payments");
  });
});

describe("signing out everywhere", () => {
  test("ends the sign-ins of every browser, and nobody else's", async () => {
    const here = await someone();
    const elsewhere = await someone();
    const bob = await tokensFor(running, {}, running.browser(), "bob@example.com");
    const page = await here.browser.submit(await here.browser.open(account(`?client_id=${CLIENT_ID}`)), {});
    expect(page.html).toContain("You are signed out");
    for (const { browser, body } of [here, elsewhere]) {
      expect((await refresh(issuer, body.refresh_token)).body.error).toBe("invalid_grant");
      const silent = await browser.open(authorizationRequest(issuer, { prompt: "none" }).url);
      expect(silent.leftFor?.searchParams.get("error")).toBe("login_required");
      const profile = await fetch(`${issuer}/oauth2/userinfo`, {
        headers: { authorization: `Bearer ${body.access_token}` },
      });
      expect(profile.status).toBe(401);
    }
    expect((await refresh(issuer, bob.body.refresh_token)).status).toBe(200);
    expect((await here.browser.open(account())).status).toBe(401);
  });

  test.each<[string, Record<string, string>, boolean]>([
    ["from another origin", { origin: "https://evil.example" }, true],
    ["from another application", { origin: ORIGIN }, true],
    ["without the page's token", {}, false],
  ])("%s does nothing", async (_title, headers, withToken) => {
    const { browser, body } = await someone();
    const { action, hidden } = formOf((await browser.open(account())).html);
    const page = await browser.open(issuer + action, {
      method: "POST",
      headers,
      body: new URLSearchParams(withToken ? hidden : {}),
    });
    expect(page.html).toContain("Your account");
    expect((await refresh(issuer, body.refresh_token)).status).toBe(200);
  });

  test("with the token of somebody else's page does nothing", async () => {
    const thief = await someone();
    const victim = await someone();
    const { action, hidden } = formOf((await thief.browser.open(account())).html);
    await victim.browser.open(issuer + action, { method: "POST", body: new URLSearchParams(hidden) });
    expect((await refresh(issuer, victim.body.refresh_token)).status).toBe(200);
  });
});
