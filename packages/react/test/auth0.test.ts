import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { answerWith } from "./support/answer-with.ts";
import "./support/layer-globals.ts";
import { AUDIENCE, bookstoreSuite, enter, shows, signIn } from "./support/suite.ts";

const suite = bookstoreSuite({
  page: new URL("./support/auth0-app.tsx", import.meta.url),
  alias: { "@auth0/auth0-react": "@hallpass/react/auth0" },
  face: "auth0",
});

const seen = (page: Page) => page.evaluate(() => window.seen);

describe("an application written for Auth0's React SDK", () => {
  test("signs in and greets, as the quick start has it, and signs out", async () => {
    await using person = await suite.person();
    const page = await person.newPage();
    await page.goto(suite.app.url);
    await signIn(page, "ada@example.com", "Log in");
    expect(await page.locator("#user").textContent()).toBe("Ada Lovelace");
    expect(await page.locator("#badge").textContent()).toBe("ada@example.com");
    expect(page.url()).toBe(`${suite.app.url}/`);
    expect(await suite.tokenRequests()).toBe(1);
    await Promise.all([
      page.waitForRequest(/logout|session\/end/),
      page.getByRole("button", { name: "Log out" }).click(),
    ]);
    await page.getByRole("button", { name: "Log in", exact: true }).click();
    await page.locator("input[name=password]").waitFor();
    expect(person.problems).toEqual([]);
  });

  test("sends people to sign in before a page that needs it, and back to it, which calls its API", async () => {
    await using person = await suite.person();
    const page = await person.newPage();
    await page.goto(`${suite.app.url}/profile?tab=2`);
    await enter(page);
    await page.getByText("Middlemarch").waitFor();
    expect(page.url()).toBe(`${suite.app.url}/profile?tab=2`);
    expect(suite.api.calls.at(-1)?.authorization).toMatch(/^Bearer eyJ/);
    expect(await seen(page)).toEqual([
      ["onRedirectCallback", { returnTo: "/profile?tab=2" }, "ada@example.com"],
    ]);
    expect(person.problems).toEqual([]);
  });

  test("gets its appState back, which no address has shown", async () => {
    await using person = await suite.person();
    const page = await person.newPage();
    const addresses: string[] = [];
    page.on("request", (request) => addresses.push(request.url()));
    await page.goto(suite.app.url);
    await page.getByRole("button", { name: "Log in with a basket" }).click();
    const email = page.locator("input[name=email]");
    await email.waitFor();
    expect(await email.inputValue()).toBe("ada@example.com");
    const asked = addresses.find((address) => address.includes("/authorize?"));
    const query = new URL(asked ?? "").searchParams;
    expect(Object.fromEntries(query)).toMatchObject({ audience: AUDIENCE, organization: "org_hill" });
    expect(query.get("scope")?.split(" ")).toEqual(expect.arrayContaining(["openid", "profile", "email"]));
    await page.locator("input[name=password]").fill("seven maples under the hill");
    await page.getByRole("button", { name: "Sign in" }).click();
    await shows(page, "signed-in");
    await page.waitForURL(`${suite.app.url}/shelf?page=2`);
    expect(await seen(page)).toEqual([
      ["onRedirectCallback", { returnTo: "/shelf?page=2", basket: [7, 9] }, "ada@example.com"],
    ]);
    expect(await page.evaluate(() => window.auth0.handleRedirectCallback())).toEqual({
      appState: { returnTo: "/shelf?page=2", basket: [7, 9] },
      response_type: "code",
    });
    expect(addresses.filter((address) => /basket|shelf/.test(decodeURIComponent(address)))).toEqual([]);
  });

  test("shows where people wanted to be by itself, if it is not told to call anybody", async () => {
    await using person = await suite.person();
    const page = await person.newPage();
    await page.addInitScript(() => sessionStorage.setItem("by default", "yes"));
    await page.goto(`${suite.app.url}/profile?tab=2`);
    await enter(page);
    await page.getByText("Middlemarch").waitFor();
    expect(page.url()).toBe(`${suite.app.url}/profile?tab=2`);
    expect(await seen(page)).toEqual([]);
  });

  test("gets results in the shapes that it knows", async () => {
    await using person = await suite.person();
    const page = await person.newPage();
    await page.goto(suite.app.url);
    await shows(page, "signed-out");
    expect(
      await page.evaluate(async () => [
        await window.auth0.getIdTokenClaims(),
        await window.auth0.getAccessTokenSilently({ cacheMode: "cache-only" }),
        window.auth0.user,
        window.auth0.error,
      ]),
    ).toEqual([undefined, undefined, undefined, undefined]);
    await signIn(page, "ada@example.com", "Log in");
    const read = await page.evaluate(async () => {
      const { auth0, settings } = window;
      const detailed = await auth0.getAccessTokenSilently({ detailedResponse: true });
      const { audience } = settings;
      return {
        user: auth0.user,
        idToken: await auth0.getIdTokenClaims(),
        detailed,
        same:
          detailed.access_token ===
          (await auth0.getAccessTokenSilently({ authorizationParams: { audience, scope: "openid email" } })),
        other: detailed.access_token === (await auth0.getAccessTokenSilently({ cacheMode: "off" })),
        configuration: auth0.getConfiguration(),
      };
    });
    expect(read).toMatchObject({
      user: { sub: expect.stringMatching(/./), name: "Ada Lovelace", email: "ada@example.com" },
      idToken: { __raw: expect.stringMatching(/^eyJ/), iss: suite.identity.issuer, name: "Ada Lovelace" },
      detailed: {
        access_token: expect.stringMatching(/^eyJ/),
        id_token: expect.stringMatching(/^eyJ/),
        token_type: "Bearer",
        expires_in: expect.any(Number),
        scope: expect.stringContaining("openid"),
      },
      same: true,
      other: false,
      configuration: { clientId: "bookstore-web" },
    });
    expect(read.detailed.expires_in).toBeGreaterThan(0);
    expect(Object.keys(read.user ?? {})).not.toEqual(expect.arrayContaining(["aud"]));
    for (const claim of ["iss", "aud", "exp", "nonce"]) expect(read.user).not.toHaveProperty(claim);
  });

  test("gets errors with the codes that it knows, and plain words for what there is not", async () => {
    await using person = await suite.person();
    const page = await person.newPage();
    await page.goto(suite.app.url);
    await shows(page, "signed-out");
    const errors = await page.evaluate(async () => {
      const { auth0 } = window;
      const of = (promise: Promise<unknown>) =>
        promise.then(
          () => "none",
          ({ name, error, message }) => [name, error, message],
        );
      return [
        await of(auth0.getAccessTokenSilently()),
        await of(auth0.handleRedirectCallback()),
        await of(auth0.loginWithPopup()),
        await of(auth0.getAccessTokenWithPopup()),
        await of(auth0.getAccessTokenSilently({ authorizationParams: { audience: "https://other" } })),
        await of(auth0.loginWithRedirect({ authorizationParams: { scope: "openid books" } })),
        await of(auth0.loginWithRedirect({ appState: { long: "x".repeat(5000) } })),
      ];
    });
    expect(errors).toEqual([
      ["OAuthError", "login_required", expect.stringContaining("nobody is signed in")],
      ["OAuthError", "no_callback", expect.any(String)],
      ["OAuthError", "option_invalid", expect.stringContaining("loginWithRedirect")],
      ["OAuthError", "option_invalid", expect.stringContaining("loginWithRedirect")],
      ["OAuthError", "option_invalid", expect.stringContaining("audience")],
      ["OAuthError", "option_invalid", expect.stringContaining('scope is "books"')],
      ["OAuthError", "option_invalid", expect.stringContaining("appState is longer")],
    ]);
  });

  test("keeps the session over a reload and in a second tab, and signs out in both", async () => {
    await using person = await suite.person();
    const page = await person.newPage();
    await page.goto(suite.app.url);
    await signIn(page, "ada@example.com", "Log in");
    await page.reload();
    await shows(page, "signed-in");
    expect(await seen(page)).toEqual([]);
    const second = await person.newPage();
    await second.goto(`${suite.app.url}/shelf`);
    await shows(second, "signed-in");
    await page.evaluate(() => void window.auth0.logout({ openUrl: false }));
    await shows(page, "signed-out");
    await shows(second, "signed-out");
    expect(page.url()).toBe(`${suite.app.url}/`);
    expect(person.problems).toEqual([]);
  });

  test("keeps the same user while a token is renewed, and the same functions", async () => {
    await using person = await suite.person();
    const page = await person.newPage();
    await page.goto(suite.app.url);
    await signIn(page, "ada@example.com", "Log in");
    const same = await page.evaluate(async () => {
      const before = window.auth0;
      await before.getAccessTokenSilently({ cacheMode: "off" });
      await new Promise(requestAnimationFrame);
      const { user, logout, getAccessTokenSilently } = window.auth0;
      return [
        user === before.user,
        logout === before.logout,
        getAccessTokenSilently === before.getAccessTokenSilently,
      ];
    });
    expect(same).toEqual([true, true, true]);
    // StrictMode renders everything twice.
    expect(await page.evaluate(() => window.renders)).toBeLessThan(20);
  });
});

describe("a sign-in that was declined", () => {
  test("is an error, and the application says so", async () => {
    await using person = await suite.person();
    const page = await person.newPage();
    await page.goto(suite.app.url);
    await answerWith(page, suite.identity.issuer, { error: "access_denied", error_description: "Not today" });
    await page.getByRole("button", { name: "Log in with a basket" }).click();
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("alert").textContent()).toContain("Not today");
    const error = await page.evaluate(() => {
      const { name, error } = window.auth0.error as Error & { error: string };
      return [name, error];
    });
    expect(error).toEqual(["OAuthError", "access_denied"]);
    expect(page.url()).toBe(`${suite.app.url}/`);
    expect(await seen(page)).toEqual([]);
  });

  test("before a page that needs it does not go round in circles, and can be tried again", async () => {
    await using person = await suite.person();
    const page = await person.newPage();
    let asked = 0;
    page.on("request", (request) => {
      if (request.url().includes("/authorize?")) asked += 1;
    });
    await answerWith(page, suite.identity.issuer, { error: "access_denied", error_description: "Not today" });
    await page.goto(`${suite.app.url}/profile`);
    await page.getByRole("alert").waitFor();
    // Somebody goes to the page again, within the application.
    await page.evaluate(() => {
      history.pushState(null, "", "/profile");
      dispatchEvent(new PopStateEvent("popstate"));
    });
    await page.getByRole("button", { name: "Try again" }).waitFor();
    const before = asked;
    expect(before).toBeLessThanOrEqual(2);
    await page.unrouteAll();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.locator("input[name=password]").waitFor();
    expect(asked).toBe(before + 1);
  });
});
