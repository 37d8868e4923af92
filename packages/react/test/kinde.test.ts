import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { answerWith } from "./support/answer-with.ts";
import "./support/layer-globals.ts";
import { AUDIENCE, bookstoreSuite, PASSWORD, shows, signIn } from "./support/suite.ts";

const suite = bookstoreSuite({
  page: new URL("./support/kinde-app.tsx", import.meta.url),
  alias: {
    "@kinde-oss/kinde-auth-react/components": "@hallpass/react/kinde",
    "@kinde-oss/kinde-auth-react/react-router": "@hallpass/react/kinde",
    "@kinde-oss/kinde-auth-react": "@hallpass/react/kinde",
  },
  face: "kinde",
});

const seen = (page: Page) => page.evaluate(() => window.seen);

describe("an application written for Kinde's React SDK", () => {
  test("signs in, tells who it is and what they may, and calls its API", async () => {
    await using person = await suite.person();
    const page = await person.newPage();
    await page.goto(`${suite.app.url}/somewhere`);
    await signIn(page);
    await page.getByText("Ada Lovelace").waitFor();
    await page.getByText("org_harbour sand may", { exact: true }).waitFor();
    await page.getByText("Middlemarch").waitFor();
    expect(suite.api.calls.at(-1)?.authorization).toMatch(/^Bearer eyJ/);
    // At the redirect URI, as with Kinde's SDK.
    expect(page.url()).toBe(`${suite.app.url}/`);
    await expect
      .poll(() => seen(page))
      .toEqual([
        ["onSuccess", "ada@example.com", {}, true],
        ["onEvent", "login"],
      ]);
    expect(await suite.tokenRequests()).toBe(1);
    expect(person.problems).toEqual([]);
  });

  test("gets results in the shapes that it knows", async () => {
    await using person = await suite.person();
    const page = await person.newPage();
    await page.goto(suite.app.url);
    expect(
      await page.evaluate(async () => [
        await window.kinde.getAccessToken(),
        await window.kinde.getIdToken(),
        await window.kinde.getClaim("sub"),
        await window.kinde.getClaims(),
        await window.kinde.getUserProfile(),
        await window.kinde.getUserOrganizations(),
        await window.kinde.getOrganization(),
        await window.kinde.getFlag("theme"),
        await window.kinde.has({}),
      ]),
    ).toEqual([undefined, undefined, null, null, null, null, null, null, false]);
    await signIn(page);
    const read = await page.evaluate(async () => {
      const { kinde } = window;
      return {
        user: kinde.user,
        profile: await kinde.getUserProfile(),
        claim: await kinde.getClaim("aud"),
        givenName: await kinde.getClaim("given_name", "idToken"),
        absent: await kinde.getClaim("constructor"),
        sub: (await kinde.getClaims<{ sub: string }>("idToken"))?.sub,
        organization: [await kinde.getOrganization(), await kinde.getCurrentOrganization()],
        organizations: await kinde.getUserOrganizations(),
        permission: await kinde.getPermission("create:books"),
        refused: await kinde.getPermission("delete:books", { forceApi: true }),
        permissions: await kinde.getPermissions(),
        roles: await kinde.getRoles(),
        flags: [
          await kinde.getFlag("theme"),
          await kinde.getFlag("none"),
          await kinde.getFlag("none", { defaultValue: 3 }),
          await kinde.getFlag("beta"),
        ],
        has: [
          await kinde.has({ roles: ["editor"], permissions: ["create:books"], featureFlags: ["theme"] }),
          await kinde.has({ featureFlags: [{ flag: "theme", value: "sand" }] }),
          await kinde.has({ permissions: [{ permission: "create:books", condition: async () => true }] }),
        ],
        hasNot: [
          await kinde.has({ roles: ["editor", "owner"] }),
          await kinde.has({ featureFlags: [{ flag: "theme", value: "sea" }] }),
          await kinde.has({ featureFlags: ["none"] }),
          await kinde.has({ featureFlags: ["beta"] }),
          await kinde.has({ roles: [{ role: "editor", condition: async () => false }] }),
        ],
        same: (await kinde.getToken()) === (await kinde.getAccessToken()),
      };
    });
    expect(read).toEqual({
      user: read.user,
      profile: {
        id: expect.stringMatching(/./),
        givenName: "Ada",
        familyName: "Lovelace",
        email: "ada@example.com",
      },
      claim: { name: "aud", value: [AUDIENCE] },
      givenName: { name: "given_name", value: "Ada" },
      absent: { name: "constructor", value: undefined },
      sub: read.user?.id,
      organization: ["org_harbour", "org_harbour"],
      organizations: expect.arrayContaining(["org_harbour", "org_hill"]),
      permission: { permissionKey: "create:books", orgCode: "org_harbour", isGranted: true },
      refused: { permissionKey: "delete:books", orgCode: "org_harbour", isGranted: false },
      permissions: { orgCode: "org_harbour", permissions: ["create:books"] },
      roles: [{ id: expect.any(String), name: expect.any(String), key: "editor" }],
      flags: ["sand", null, 3, false],
      has: [true, true, true],
      hasNot: [false, false, false, false, false],
      same: true,
    });
    expect(read.user).toMatchObject({ email: "ada@example.com" });
  });

  test("registers somebody new with what the link asks for", async () => {
    await using person = await suite.person();
    const page = await person.newPage();
    await page.goto(suite.app.url);
    await page.getByRole("button", { name: "Register" }).click();
    expect(await page.locator("input[name=email]").inputValue()).toBe("grace@example.com");
    await page.locator("input[name=givenName]").fill("Grace");
    await page.locator("input[name=familyName]").fill("Hopper");
    await page.locator("input[name=password]").fill(PASSWORD);
    await page.getByRole("button", { name: "Create account" }).click();
    await page.getByText("Grace Hopper").waitFor();
    await expect
      .poll(() => seen(page))
      .toEqual([
        ["onSuccess", "grace@example.com", {}, true],
        ["onEvent", "register"],
      ]);
  });

  test("gets its state back, which no address has shown", async () => {
    await using person = await suite.person();
    const page = await person.newPage();
    const addresses: string[] = [];
    page.on("request", (request) => addresses.push(request.url()));
    await page.goto(suite.app.url);
    await signIn(page, "ada@example.com", "Sign in to the office");
    await page.locator("#admin").waitFor();
    expect((await seen(page))[0]).toEqual(["onSuccess", "ada@example.com", { redirectTo: "/admin" }, true]);
    expect(addresses.filter((address) => /redirectTo|admin/i.test(decodeURIComponent(address)))).toEqual([]);
    const asked = addresses.find((address) => address.includes("/oauth2/auth?"));
    expect(Object.fromEntries(new URL(asked ?? "").searchParams)).toMatchObject({
      lang: "en",
      audience: AUDIENCE,
      redirect_uri: suite.app.url,
      nonce: expect.stringMatching(/.{40}/),
      state: expect.stringMatching(/.{40}/),
    });
  });

  test("keeps the session over a reload and in a second tab, and signs out in both", async () => {
    await using person = await suite.person();
    const page = await person.newPage();
    await page.goto(suite.app.url);
    await signIn(page);
    await page.reload();
    await shows(page, "signed-in");
    const second = await person.newPage();
    await second.goto(suite.app.url);
    await shows(second, "signed-in");
    expect(await seen(second)).toEqual([]);
    await Promise.all([
      page.waitForURL(`${suite.app.url}/`),
      page.getByRole("button", { name: "Sign out" }).click(),
    ]);
    await shows(page, "signed-out");
    await shows(second, "signed-out");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.locator("input[name=password]").waitFor();
    expect(person.problems).toEqual([]);
  });

  test("hears of a sign-out before it, and of new tokens", async () => {
    await using person = await suite.person();
    const page = await person.newPage();
    await page.goto(suite.app.url);
    await signIn(page);
    const result = await page.evaluate(() => window.kinde.refreshToken());
    expect(result).toEqual({
      success: true,
      accessToken: expect.stringMatching(/^eyJ/),
      idToken: expect.stringMatching(/^eyJ/),
    });
    await expect.poll(() => seen(page)).toContainEqual(["onEvent", "tokenRefreshed"]);
    await page.route(/\/logout/, (route) => route.fulfill({ status: 204 }));
    await page.evaluate(() => void window.kinde.logout());
    await expect.poll(() => seen(page)).toContainEqual(["onEvent", "logout"]);
  });

  test("signs out to where it says, and everywhere", async () => {
    await using person = await suite.person();
    const page = await person.newPage();
    await page.goto(suite.app.url);
    await signIn(page);
    const left = page.waitForRequest(/\/logout/);
    await page.evaluate(
      (redirectUrl) => void window.kinde.logout({ redirectUrl, allSessions: true }),
      suite.app.url,
    );
    const { searchParams } = new URL((await left).url());
    expect(searchParams.get("all_sessions")).toBe("true");
    expect(searchParams.get("redirect")).toBe(suite.app.url);
    await shows(page, "signed-out");
  });

  test("changes the organization without a sign-in", async () => {
    await using person = await suite.person();
    const page = await person.newPage();
    await page.goto(suite.app.url);
    await signIn(page);
    await page.getByRole("button", { name: "Hill" }).click();
    await page.getByText("org_hill sand may not").waitFor();
    expect(await seen(page)).toEqual([["onSuccess", "ada@example.com", {}, true]]);
  });

  test("leads to the account page of the issuer, and to no script", async () => {
    await using person = await suite.person();
    const page = await person.newPage();
    await page.goto(suite.app.url);
    await signIn(page);
    const { url } = await page.evaluate(async () => {
      const found = await window.kinde.generatePortalUrl({ returnUrl: location.href });
      return { url: found.url.href };
    });
    expect(url.startsWith(suite.identity.issuer)).toBe(true);
    await page.route(/portal_link/, (route) =>
      route.fulfill({
        json: { url: "javascript:alert(1)" },
        headers: { "access-control-allow-origin": suite.app.url },
      }),
    );
    const refusal = await page.evaluate(() =>
      window.kinde
        .generatePortalUrl({ returnUrl: location.href })
        .catch((error: { code: string }) => error.code),
    );
    expect(refusal).toBe("issuer_error");
    await page.unroute(/portal_link/);
    await page.getByRole("button", { name: "My account" }).click();
    await page.waitForURL(/\/account/);
  });

  test("takes an invitation to the issuer, and out of the address", async () => {
    await using person = await suite.person();
    const page = await person.newPage();
    const asked = page.waitForRequest(/\/oauth2\/auth\?/);
    await page.route(/\/oauth2\/auth\?/, (route) => route.fulfill({ status: 204 }));
    await page.goto(`${suite.app.url}/?invitation_code=inv_1&x=1`);
    expect(Object.fromEntries(new URL((await asked).url()).searchParams)).toMatchObject({
      invitation_code: "inv_1",
      is_invitation: "true",
      prompt: "create",
    });
    expect(page.url()).toBe(`${suite.app.url}/?x=1`);
  });

  test("signs out whoever has left their desk", async () => {
    await using person = await suite.person();
    const page = await person.newPage();
    await page.goto(suite.app.url);
    await signIn(page);
    const left = page.waitForRequest(/\/logout/);
    await page.route(/\/logout/, (route) => route.fulfill({ status: 204 }));
    await page.goto(`${suite.app.url}/?idle=0.03`);
    await left;
    expect((await seen(page)).filter(([name]) => name === "onTimeout")).toEqual([
      ["onTimeout", "preWarning"],
      ["onTimeout", "timeout"],
    ]);
  });

  test("does not render without end", async () => {
    await using person = await suite.person();
    const page = await person.newPage();
    await page.goto(suite.app.url);
    await signIn(page);
    await page.getByText("Middlemarch").waitFor();
    // StrictMode renders everything twice.
    expect(await page.evaluate(() => window.renders)).toBeLessThan(16);
  });
});

describe("a protected route", () => {
  test("leads away who is not signed in, and shows nothing before", async () => {
    await using person = await suite.person();
    const page = await person.newPage();
    await page.goto(`${suite.app.url}/admin`);
    await page.waitForURL(`${suite.app.url}/`);
    expect(await page.locator("#admin").count()).toBe(0);
  });

  test("shows itself to who has what it asks for, and to nobody else", async () => {
    await using person = await suite.person();
    const page = await person.newPage();
    await page.goto(suite.app.url);
    await signIn(page);
    await page.goto(`${suite.app.url}/admin`);
    await page.locator("#admin").waitFor();
    await page.goto(`${suite.app.url}/owner`);
    await page.waitForURL(`${suite.app.url}/`);
    expect(await page.locator("#owner").count()).toBe(0);
  });

  test("asks for one new token with forceApi, and not for one after the other", async () => {
    await using person = await suite.person();
    const page = await person.newPage();
    await page.goto(suite.app.url);
    await signIn(page);
    await page.goto(`${suite.app.url}/fresh`);
    await page.locator("#fresh").waitFor();
    const before = await suite.tokenRequests();
    await page.waitForTimeout(1000);
    expect((await suite.tokenRequests()) - before).toBe(0);
    expect(before).toBeLessThanOrEqual(4);
  });
});

describe("a sign-in that fails", () => {
  test("because it was declined is an error that the application hears of, once", async () => {
    await using person = await suite.person();
    const page = await person.newPage();
    await page.goto(suite.app.url);
    await answerWith(page, suite.identity.issuer, { error: "access_denied", error_description: "no" });
    await page.getByRole("button", { name: "Sign in to the office" }).click();
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("alert").textContent()).toContain("access_denied");
    expect(await seen(page)).toEqual([["onError", "access_denied", { redirectTo: "/admin" }]]);
    expect(page.url()).toBe(`${suite.app.url}/`);
  });

  test("at its code has the code of Kinde's SDK", async () => {
    await using person = await suite.person();
    const page = await person.newPage();
    await page.goto(suite.app.url);
    await answerWith(page, suite.identity.issuer, { code: "made-up" });
    await page.getByRole("button", { name: "Sign in to the office" }).click();
    await page.getByRole("alert").waitFor();
    expect(await seen(page)).toEqual([["onError", "ERR_CODE_EXCHANGE", { redirectTo: "/admin" }]]);
  });

  test("is not what happens when nobody has signed in yet", async () => {
    await using person = await suite.person();
    const page = await person.newPage();
    await page.goto(suite.app.url);
    await shows(page, "signed-out");
    expect(await seen(page)).toEqual([]);
    expect(await suite.tokenRequests()).toBe(0);
  });
});
