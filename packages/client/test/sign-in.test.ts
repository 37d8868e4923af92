import { describe, expect, test } from "vitest";
import { browserSuite } from "./support/suite.ts";
import { settled, signIn, stateOf, tokenOf } from "./support/visit.ts";

const suite = browserSuite();

const authorizeQuery = () =>
  Object.fromEntries(suite.issuer.requests.findLast(({ path }) => path === "/authorize")?.query ?? []);

describe("someone who is not signed in", () => {
  test("costs no request and loads no protocol", async () => {
    await using person = await suite.person();
    const before = suite.app.scripts.length;
    const page = await person.tab();
    expect(await stateOf(page)).toMatchObject({ status: "signed-out", user: null, isAuthenticated: false });
    expect(await tokenOf(page)).toBe("error: not_signed_in");
    expect(suite.issuer.requests).toEqual([]);
    expect(suite.app.scripts.slice(before).filter((path) => path.includes("engine"))).toEqual([]);
    expect(person.context.problems).toEqual([]);
  });

  test("has no permissions, no organizations, and flags at their defaults", async () => {
    await using person = await suite.person();
    const page = await person.tab();
    const read = await page.evaluate(() => [
      window.client.getPermission("create:books"),
      window.client.getPermissions(),
      window.client.getUserOrganizations(),
      window.client.getBooleanFlag("dark", false),
      window.client.getFlag("shelves", { defaultValue: 3 }),
      (() => {
        try {
          return window.client.getStringFlag("theme");
        } catch (error) {
          return (error as { code: string }).code;
        }
      })(),
    ]);
    expect(read).toEqual([
      { orgCode: null, isGranted: false },
      { orgCode: null, permissions: [] },
      { orgCodes: [] },
      false,
      { code: "shelves", type: "integer", value: 3, isDefault: true },
      "not_signed_in",
    ]);
  });
});

describe("signing in", () => {
  test("sends code + PKCE S256, state, nonce, scope and audience, and brings the person back", async () => {
    await using person = await suite.person();
    const page = await person.tab("/books/3?sort=year#reviews");
    expect(await signIn(page)).toMatchObject({
      status: "signed-in",
      isAuthenticated: true,
      error: null,
      user: {
        id: "reader-1",
        email: "reader-1@example.com",
        givenName: "Ada",
        familyName: "Reader",
        name: "Ada Reader",
      },
    });
    expect(page.url()).toBe(`${suite.app.url}/books/3?sort=year#reviews`);
    const query = authorizeQuery();
    expect(query).toMatchObject({
      client_id: "bookstore-web",
      response_type: "code",
      redirect_uri: suite.app.url,
      scope: "openid profile email offline",
      audience: "https://api.bookstore.example",
      code_challenge_method: "S256",
    });
    for (const name of ["state", "nonce", "code_challenge"]) expect(query[name]?.length).toBeGreaterThan(42);
    const exchange = suite.issuer.requests.find(({ path }) => path === "/token")?.form;
    expect(exchange?.get("refresh_token_transport")).toBe("cookie");
    expect(person.context.problems).toEqual([]);
  });

  test("makes the claims readable", async () => {
    await using person = await suite.person();
    const page = await person.tab();
    await signIn(page);
    const read = await page.evaluate(() => [
      window.client.getPermission("create:books"),
      window.client.getRoles(),
      window.client.getStringFlag("theme"),
      window.client.getUserOrganizations(),
      window.client.getClaim("email", "id_token").value,
    ]);
    expect(read).toEqual([
      { orgCode: "org_1", isGranted: true },
      [{ id: "1", key: "librarian", name: "Librarian" }],
      "pink",
      { orgCodes: ["org_1", "org_2"] },
      "reader-1@example.com",
    ]);
  });

  test("reads claims in the issuer's dialect", async () => {
    await using person = await suite.person({ dialect: "keycloak" });
    suite.issuer.accessToken = { roles: [], realm_access: { roles: ["librarian"] } };
    const page = await person.tab();
    await signIn(page);
    expect(await page.evaluate(() => window.client.getRoles())).toEqual([{ key: "librarian" }]);
  });

  test("leaves no token, code or verifier in storage or in the address", async () => {
    await using person = await suite.person();
    const page = await person.tab();
    await signIn(page);
    const kept = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href]),
    );
    const token = await tokenOf(page);
    expect(kept).not.toContain(token.slice(0, 16));
    expect(kept).not.toMatch(/verifier|nonce|code=|state=/);
  });

  test("does not come twice when the person goes back or loads the page again", async () => {
    await using person = await suite.person();
    const page = await person.tab();
    await signIn(page);
    await page.goto(`${suite.app.url}/elsewhere`);
    await settled(page);
    await page.goBack();
    await settled(page);
    await page.reload();
    expect(await settled(page)).toMatchObject({ status: "signed-in", error: null });
    expect(suite.issuer.count("/token", "authorization_code")).toBe(1);
  });

  test.each([
    "//evil.example",
    "/\\evil.example",
    "https://evil.example",
    "/\t/evil.example",
    "javascript:alert(1)",
  ])("returns to / instead of %j", async (returnTo) => {
    await using person = await suite.person();
    const page = await person.tab("/books");
    await signIn(page, returnTo);
    expect(page.url()).toBe(`${suite.app.url}/`);
  });

  test("asks for what it is told to, and lets nothing replace what is its own", async () => {
    await using person = await suite.person({ scope: "openid books" });
    const page = await person.tab();
    await Promise.all([
      page.waitForNavigation(),
      page.evaluate(
        () =>
          void window.client.login({
            loginHint: "ada@example.com",
            acrValues: ["a", "b"],
            hasSuccessPage: true,
            parameters: { ui_theme: "dark", client_id: "other", code_challenge_method: "plain" },
          }),
      ),
    ]);
    await settled(page);
    expect(authorizeQuery()).toMatchObject({
      scope: "openid books",
      login_hint: "ada@example.com",
      acr_values: "a b",
      has_success_page: "true",
      ui_theme: "dark",
      client_id: "bookstore-web",
      code_challenge_method: "S256",
    });
  });

  test("works when the button hands its event to login", async () => {
    await using person = await suite.person();
    const page = await person.tab();
    await Promise.all([
      page.waitForNavigation(),
      page.evaluate(() => {
        const button = document.createElement("button");
        button.addEventListener("click", window.client.login as () => void);
        button.click();
      }),
    ]);
    expect(await settled(page)).toMatchObject({ status: "signed-in" });
    expect(Object.keys(authorizeQuery())).not.toContain("is_trusted");
  });

  test("register, createOrg and switchOrg carry the audience and say what they are", async () => {
    await using person = await suite.person();
    const page = await person.tab();
    const go = async (action: "register" | "createOrg" | "switchOrg") => {
      await Promise.all([
        page.waitForNavigation(),
        page.evaluate((name) => {
          const { client } = window;
          if (name === "switchOrg") client.switchOrg("org_2");
          else if (name === "createOrg") client.createOrg({ orgName: "Readers" });
          else client.register();
        }, action),
      ]);
      await settled(page);
      return authorizeQuery();
    };
    const audience = "https://api.bookstore.example";
    expect(await go("register")).toMatchObject({ prompt: "create", audience });
    expect(await go("createOrg")).toMatchObject({
      prompt: "create",
      is_create_org: "true",
      org_name: "Readers",
      audience,
    });
    expect(await go("switchOrg")).toMatchObject({ prompt: "none", org_code: "org_2", audience });
    expect(await page.evaluate(() => window.client.getOrganization().orgCode)).toBe("org_2");
  });

  test("switching the organization shows a page of the issuer only if it must", async () => {
    await using person = await suite.person();
    const page = await person.tab("/books");
    await signIn(page);
    suite.issuer.session = undefined;
    await Promise.all([page.waitForNavigation(), page.evaluate(() => void window.client.switchOrg("org_2"))]);
    await expect
      .poll(() => page.evaluate(() => window.client?.getOrganization().orgCode).catch(() => ""))
      .toBe("org_2");
    expect(authorizeQuery()).toMatchObject({ org_code: "org_2" });
    expect(authorizeQuery()).not.toHaveProperty("prompt");
    expect(page.url()).toBe(`${suite.app.url}/books`);
  });

  test("says so when the issuer cannot be reached", async () => {
    await using person = await suite.person();
    const page = await person.tab();
    suite.issuer.trouble.discovery = "drop";
    const code = await page.evaluate(() =>
      window.client.login().catch((error: { code: string }) => error.code),
    );
    expect(code).toBe("issuer_unreachable");
    expect(await stateOf(page)).toMatchObject({
      status: "signed-out",
      error: { code: "issuer_unreachable" },
    });
    suite.issuer.trouble.discovery = undefined;
    expect(await signIn(page)).toMatchObject({ status: "signed-in", error: null });
  });

  test.each([
    ["states another issuer", { issuer: "https://other.example" }, "https://other.example"],
    ["has no token endpoint", { token_endpoint: undefined }, "token_endpoint"],
    [
      "has a token endpoint without https",
      { token_endpoint: "http://tokens.example/token" },
      "token_endpoint",
    ],
    [
      "has a script for a sign-out page",
      { end_session_endpoint: "javascript:alert(1)" },
      "end_session_endpoint",
    ],
    [
      "would have tokens revoked without https",
      { revocation_endpoint: "http://tokens.example/revoke" },
      "revocation_endpoint",
    ],
  ])("refuses a discovery document that %s", async (_, discovery, named) => {
    await using person = await suite.person();
    const page = await person.tab();
    suite.issuer.discovery = discovery;
    const error = await page.evaluate(() =>
      window.client
        .login()
        .catch(({ code, message }: { code: string; message: string }) => ({ code, message })),
    );
    expect(error).toEqual({ code: "issuer_wrong", message: expect.stringContaining(named) });
  });

  test("takes the issuer as people write it, and the slash as the issuer writes it", async () => {
    await using person = await suite.person({ issuer: `${suite.issuer.url}/` });
    const issuer = `${suite.issuer.url}/`;
    Object.assign(suite.issuer, {
      discovery: { issuer },
      idToken: { iss: issuer },
      response: { iss: issuer },
    });
    const page = await person.tab();
    expect(await signIn(page)).toMatchObject({ status: "signed-in", error: null });
  });

  test("says so when the browser denies storage", async () => {
    await using person = await suite.person();
    await person.context.addInitScript(() => {
      for (const name of ["sessionStorage", "localStorage"]) {
        Object.defineProperty(window, name, {
          get() {
            throw new DOMException("denied", "SecurityError");
          },
        });
      }
    });
    const page = await person.tab();
    expect(await stateOf(page)).toMatchObject({ status: "signed-out" });
    const code = await page.evaluate(() =>
      window.client.login().catch((error: { code: string }) => error.code),
    );
    expect(code).toBe("storage_blocked");
  });
});
