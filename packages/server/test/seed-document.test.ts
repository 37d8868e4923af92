import { createServerAuth } from "@hallpass/server";
import { beforeEach, describe, expect, it } from "vitest";
import { applicationSuite } from "./support/application.ts";
import { codeOf, redirectOf, visitor } from "./support/visitor.ts";

// The examples of the document that people come with from Kinde's Python SDK. Where it contradicts itself, what is
// expected here is what Hallpass has settled on.

const suite = applicationSuite();

const permissions = [
  "create:todos",
  "update:todos",
  "read:todos",
  "delete:todos",
  "create:tasks",
  "update:tasks",
  "read:tasks",
  "delete:tasks",
];

beforeEach(() => {
  suite.issuer.accessToken = {
    aud: ["api.yourapp.com"],
    org_code: "org_b235c067b7e4",
    permissions,
    scp: ["openid", "profile", "email", "offline"],
    feature_flags: {
      theme: { t: "s", v: "pink" },
      is_dark_mode: { t: "b", v: true },
      competitions_limit: { t: "i", v: 5 },
    },
  };
  suite.issuer.idToken = {
    sub: "kp:123457890",
    given_name: "Dave",
    family_name: "Smith",
    email: "dave@smith.com",
    picture: "https://link_to_avatar_url.kinde.com",
    org_codes: ["org_1234", "org_4567"],
  };
});

const session = async () => {
  const { auth, browser } = await suite.signedIn({ audience: "api.yourapp.com" });
  return await auth.session(browser.request());
};

describe("signing in and out", () => {
  it("get_login_url and get_register_url return addresses of the issuer's pages", async () => {
    const auth = suite.application({ orgCode: "your_org_code", audience: "api.yourapp.com" });
    await visitor(auth).visit(async (kinde) => {
      const login = new URL(await kinde.getLoginUrl());
      const register = new URL(await kinde.getRegisterUrl());
      expect(login.origin).toBe(suite.issuer.url);
      expect(Object.fromEntries(login.searchParams)).toMatchObject({
        response_type: "code",
        client_id: "bookstore-web",
        redirect_uri: "https://app.example.com/api/auth/callback",
        audience: "api.yourapp.com",
        org_code: "your_org_code",
        code_challenge_method: "S256",
      });
      expect(register.searchParams.get("prompt")).toBe("create");
      expect(register.searchParams.get("org_code")).toBe("your_org_code");
      expect(register.searchParams.get("audience")).toBe("api.yourapp.com");
      expect(register.searchParams.get("state")).not.toBe(login.searchParams.get("state"));
    });
  });

  it("the scopes are openid, profile, email and offline unless others are asked for", async () => {
    const scopeOf = async (scope?: string) =>
      new URL(
        await visitor(suite.application({ scope })).visit((kinde) => kinde.getLoginUrl()),
      ).searchParams.get("scope");
    expect((await scopeOf())?.split(" ").sort()).toEqual(["email", "offline", "openid", "profile"]);
    expect(await scopeOf("profile openid")).toBe("profile openid");
  });

  it("create_org returns the address where a new organization is registered", async () => {
    await visitor(suite.application({ orgCode: "org_1" })).visit(async (kinde) => {
      const url = new URL(await kinde.createOrg({ orgName: "The Bookstore" }));
      expect(Object.fromEntries(url.searchParams)).toMatchObject({
        response_type: "code",
        prompt: "create",
        is_create_org: "true",
        org_name: "The Bookstore",
      });
      expect(url.searchParams.has("org_code")).toBe(false);
    });
  });

  it("fetch_token takes the address of the request and returns the raw access token", async () => {
    const auth = suite.application();
    const browser = visitor(auth);
    expect(await browser.visit((kinde) => kinde.isAuthenticated())).toBe(false);
    const answer = await browser.leave();
    const token = await browser.visit((kinde) => kinde.fetchToken({ authorizationResponse: answer }));
    expect(token.split(".")).toHaveLength(3);
    expect(await browser.visit((kinde) => kinde.getToken())).toBe(token);
    expect(await browser.visit((kinde) => kinde.isAuthenticated())).toBe(true);
  });

  it("fetch_token refuses a state that nobody has begun with", async () => {
    const browser = visitor(suite.application());
    const answer = "https://example.com/github?code=42..e9&state=d..t";
    expect(await codeOf(browser.visit((kinde) => kinde.fetchToken(answer)))).toBe("sign_in_expired");
  });

  it("logout returns the address that signs out at the issuer and leads back", async () => {
    const { browser } = await suite.signedIn({ postLogoutRedirectUri: "https://app.example.com/bye" });
    const url = new URL(
      await browser.visit((kinde) => kinde.logout({ redirectTo: "https://app.example.com/bye" })),
    );
    expect(url.origin).toBe(suite.issuer.url);
    expect(url.searchParams.get("post_logout_redirect_uri")).toBe("https://app.example.com/bye");
    expect(await redirectOf(url.href)).toBe("https://app.example.com/bye");
    expect(await browser.visit((kinde) => kinde.isAuthenticated())).toBe(false);
  });

  it("refresh_token gets a new access token from the issuer and keeps it", async () => {
    const { browser } = await suite.signedIn();
    const before = await browser.visit((kinde) => kinde.getToken());
    const after = await browser.visit((kinde) => kinde.refreshToken());
    expect(after).not.toBe(before);
    expect(await browser.visit((kinde) => kinde.getToken())).toBe(after);
    expect(suite.issuer.count("/token", "refresh_token")).toBe(1);
  });
});

describe("the code verifier", () => {
  it("is not configured, because one for all sign-ins protects none", () => {
    const options = { codeVerifier: "a".repeat(43) } as unknown as { codeVerifier: never };
    expect(() => suite.application(options)).toThrow(/codeVerifier cannot be configured.*getLoginUrl/);
  });

  it("is passed to the sign-in that it is for", async () => {
    const browser = visitor(suite.application());
    await browser.signIn({ codeVerifier: "v".repeat(48) });
    const sent = suite.issuer.requests.find(({ path }) => path === "/token");
    expect(sent?.form.get("code_verifier")).toBe("v".repeat(48));
    expect(await codeOf(browser.leave({ codeVerifier: "short" }))).toBe("option_invalid");
  });
});

describe("the user and the permissions", () => {
  it("get_user_details", async () => {
    expect((await session()).getUserDetails()).toEqual({
      givenName: "Dave",
      id: "kp:123457890",
      familyName: "Smith",
      email: "dave@smith.com",
      picture: "https://link_to_avatar_url.kinde.com",
    });
  });

  it("get_permission and get_permissions", async () => {
    const kinde = await session();
    expect(kinde.getPermission("create:todos")).toEqual({ orgCode: "org_b235c067b7e4", isGranted: true });
    expect(kinde.getPermission("view:users")).toEqual({ orgCode: "org_b235c067b7e4", isGranted: false });
    expect(kinde.getPermissions()).toEqual({ orgCode: "org_b235c067b7e4", permissions });
  });

  it("get_organization, get_user_organizations and get_organizations", async () => {
    const kinde = await session();
    expect(kinde.getOrganization()).toEqual({ orgCode: "org_b235c067b7e4" });
    expect(kinde.getUserOrganizations()).toEqual({ orgCodes: ["org_1234", "org_4567"] });
    expect(kinde.getOrganizations()).toEqual(kinde.getUserOrganizations());
  });

  it("get_claim reads the access token, or the ID token if that is asked for", async () => {
    const kinde = await session();
    expect(kinde.getClaim("aud")).toEqual({ name: "aud", value: ["api.yourapp.com"] });
    expect(kinde.getClaim("given_name", "id_token")).toEqual({ name: "given_name", value: "Dave" });
    expect(kinde.getClaim("given_name")).toEqual({ name: "given_name", value: null });
  });

  it("finds nothing, and throws nothing, while nobody is signed in", async () => {
    const kinde = await suite.application().session({ headers: {} });
    expect(kinde.getPermission("create:todos")).toEqual({ orgCode: null, isGranted: false });
    expect(kinde.getPermissions()).toEqual({ orgCode: null, permissions: [] });
    expect(kinde.getUserOrganizations()).toEqual({ orgCodes: [] });
    expect(kinde.getUserDetails().id).toBeNull();
    expect(kinde.getClaim("aud").value).toBeNull();
    expect(kinde.getBooleanFlag("is_dark_mode", false)).toBe(false);
    expect(await codeOf(kinde.getToken())).toBe("not_signed_in");
    expect(await codeOf(kinde.refreshToken())).toBe("not_signed_in");
  });
});

describe("flags", () => {
  it("get_flag", async () => {
    const kinde = await session();
    expect(kinde.getFlag("theme")).toEqual({
      code: "theme",
      type: "string",
      value: "pink",
      isDefault: false,
    });
    expect(kinde.getFlag("is_dark_mode")).toEqual({
      code: "is_dark_mode",
      type: "boolean",
      value: true,
      isDefault: false,
    });
    expect(kinde.getFlag("create_competition", { defaultValue: false })).toEqual({
      code: "create_competition",
      type: "boolean",
      value: false,
      isDefault: true,
    });
    expect(() => kinde.getFlag("competitions_limit", { defaultValue: "3", type: "s" })).toThrow(
      'Flag "competitions_limit" is type integer - requested type string',
    );
    expect(() => kinde.getFlag("new_feature")).toThrow(/'new_feature' is not in the access token/);
  });

  it("get_boolean_flag", async () => {
    const kinde = await session();
    expect(kinde.getBooleanFlag("is_dark_mode")).toBe(true);
    expect(kinde.getBooleanFlag("is_dark_mode", false)).toBe(true);
    expect(kinde.getBooleanFlag("new_feature", false)).toBe(false);
    expect(() => kinde.getBooleanFlag("new_feature")).toThrow(/not in the access token/);
    expect(() => kinde.getBooleanFlag("theme", false)).toThrow('Flag "theme" is type string');
  });

  it("get_string_flag", async () => {
    const kinde = await session();
    expect(kinde.getStringFlag("theme")).toBe("pink");
    expect(kinde.getStringFlag("theme", "blue")).toBe("pink");
    // The document passes False and gets "blue": a default is what was passed.
    expect(kinde.getStringFlag("cta_color", "blue")).toBe("blue");
    expect(() => kinde.getStringFlag("cta_color")).toThrow(/not in the access token/);
    expect(() => kinde.getStringFlag("is_dark_mode", "no")).toThrow('Flag "is_dark_mode" is type boolean');
  });

  it("get_integer_flag", async () => {
    const kinde = await session();
    expect(kinde.getIntegerFlag("competitions_limit")).toBe(5);
    expect(kinde.getIntegerFlag("competitions_limit", 3)).toBe(5);
    expect(kinde.getIntegerFlag("team_count", 2)).toBe(2);
    expect(() => kinde.getIntegerFlag("team_count")).toThrow(/not in the access token/);
    // The document's error says "string" of a boolean.
    expect(() => kinde.getIntegerFlag("is_dark_mode", 0)).toThrow('Flag "is_dark_mode" is type boolean');
  });
});

describe("the grant types", () => {
  it.each(["authorization_code", "authorization_code_with_pkce"] as const)(
    "%s uses PKCE",
    async (grantType) => {
      const url = await visitor(suite.application({ grantType })).visit((kinde) => kinde.getLoginUrl());
      expect(new URL(url).searchParams.get("code_challenge")).toMatch(/^[\w-]{43}$/);
    },
  );

  it("client_credentials signs nobody in", async () => {
    const auth = createServerAuth({
      issuer: suite.issuer.url,
      clientId: "jobs",
      clientSecret: "a-secret-of-a-machine",
      grantType: "client_credentials",
    });
    expect(await codeOf(auth.session({ headers: {} }))).toBe("not_supported");
  });
});
