import { afterEach, describe, expect, it, vi } from "vitest";
import { isAuthError } from "./auth-error.ts";
import type { ServerAuthOptions } from "./options.ts";
import { settingsOf } from "./settings.ts";

const good = {
  issuer: "https://yourapp.kinde.com",
  clientId: "web",
  clientSecret: "0123456789abcdef0123456789abcdef",
  redirectUri: "https://app.example.com/api/auth/callback",
};

function messageOf(options: object): string {
  try {
    settingsOf(options as ServerAuthOptions);
  } catch (error) {
    if (isAuthError(error) && error.code === "option_invalid") return error.message;
    throw error;
  }
  return "no error";
}

afterEach(() => vi.unstubAllEnvs());

describe("the options", () => {
  it.each([
    ["yourapp.kinde.com", "https://yourapp.kinde.com"],
    ["https://yourapp.kinde.com/", "https://yourapp.kinde.com"],
    ["localhost:4300", "http://localhost:4300"],
    ["http://127.0.0.1:4300/", "http://127.0.0.1:4300"],
    ["https://login.example.com/tenant/", "https://login.example.com/tenant"],
    ["https://a.example/.well-known/openid-configuration", "https://a.example"],
  ])("take the issuer as people have it: %s", (issuer, address) => {
    expect(settingsOf({ ...good, issuer }).address).toBe(address);
  });

  it("keep addresses as they are written, because issuers compare them to the letter", () => {
    const { redirectUri, postLogoutRedirectUri } = settingsOf({
      ...good,
      redirectUri: "https://APP.example.com",
      postLogoutRedirectUri: "https://app.example.com",
    });
    expect([redirectUri, postLogoutRedirectUri]).toEqual([
      "https://APP.example.com",
      "https://app.example.com",
    ]);
  });

  it.each<[string, object, string]>([
    ["issuer", { issuer: undefined }, "pass issuer, or set HALLPASS_ISSUER or KINDE_HOST"],
    ["issuer", { issuer: "http://yourapp.kinde.com" }, "expected an https address"],
    ["issuer", { issuer: "https://a.example?x=1" }, "expected an https address"],
    ["issuer", { issuer: "" }, "is empty"],
    ["issuer", { issuer: 7 }, "is of type number"],
    ["clientId", { clientId: undefined }, "KINDE_CLIENT_ID"],
    ["clientSecret", { clientSecret: undefined }, "leave the option out if it has none"],
    ["redirectUri", { redirectUri: undefined }, "KINDE_REDIRECT_URL"],
    ["redirectUri", { redirectUri: "/callback" }, "a whole https address"],
    ["redirectUri", { redirectUri: "http://app.example.com/callback" }, "a whole https address"],
    ["redirectUri", { redirectUri: "javascript:alert(1)" }, "a whole https address"],
    ["redirectUri", { redirectUri: "https://app.example.com/#x" }, "without '#'"],
    ["postLogoutRedirectUri", { postLogoutRedirectUri: "app" }, "a whole https address"],
    ["grantType", { grantType: "implicit" }, "authorization_code_with_pkce, client_credentials"],
    ["scope", { scope: "profile" }, "words that include openid"],
    ["audience", { audience: ["a", ""] }, "the name of an API"],
    ["audience", { audience: 5 }, "the name of an API"],
    ["store", { store: "redis" }, '"cookie"'],
    ["store", { store: {} }, "lacks get, set"],
    ["sessionSecret", { sessionSecret: "short" }, "at least 32 random characters"],
    ["sessionSecret", { sessionSecret: [] }, "at least 32 random characters"],
    ["sessionSecret", { clientSecret: "short", store: "cookie" }, "HALLPASS_SESSION_SECRET"],
    ["lifetime.idle", { lifetime: { idle: 0 } }, "a number of seconds"],
    ["lifetime.absolute", { lifetime: { absolute: 1e9 } }, "a number of seconds"],
    ["basePath", { basePath: "api/auth/" }, "a path such as /api/auth"],
    ["onWarning", { onWarning: "no" }, "expected a function"],
    ["codeVerifier", { codeVerifier: "a".repeat(43) }, "each sign-in makes its own"],
    ["domain", { domain: "https://a.example" }, "it is called issuer"],
    ["redirectURL", { redirectURL: "x" }, "it is called redirectUri"],
    ["colour", { colour: "x" }, "is not an option"],
    ["clientSecret", { grantType: "client_credentials", clientSecret: undefined }, "clientSecret"],
  ])("say what is wrong with %s: %j", (name, change, expected) => {
    const message = messageOf({ ...good, ...change });
    expect(message).toMatch(new RegExp(`^${name.replace(".", "\\.")} `));
    expect(message).toContain(expected);
  });

  it("never show a secret", () => {
    expect(messageOf({ ...good, sessionSecret: "hunter2" })).not.toContain("hunter2");
    expect(messageOf({ ...good, clientSecret: 1234567 })).not.toContain("1234567");
  });

  it("come from the environment where they are left out", () => {
    vi.stubEnv("KINDE_HOST", "https://kinde.example");
    vi.stubEnv("KINDE_CLIENT_ID", "from-kinde");
    vi.stubEnv("KINDE_CLIENT_SECRET", "kinde-secret");
    vi.stubEnv("KINDE_REDIRECT_URL", "http://localhost:8000/callback");
    vi.stubEnv("KINDE_POST_LOGOUT_REDIRECT_URL", "http://localhost:8000");
    expect(settingsOf({})).toMatchObject({
      address: "https://kinde.example",
      clientId: "from-kinde",
      clientSecret: "kinde-secret",
      redirectUri: "http://localhost:8000/callback",
      postLogoutRedirectUri: "http://localhost:8000",
    });
    vi.stubEnv("HALLPASS_ISSUER", "https://hallpass.example");
    vi.stubEnv("HALLPASS_AUDIENCE", "https://a.example https://b.example");
    vi.stubEnv("HALLPASS_ORG_CODE", "org_1");
    vi.stubEnv("HALLPASS_CLIENT_ID", "");
    expect(settingsOf({ orgCode: "org_2" })).toMatchObject({
      address: "https://hallpass.example",
      audience: "https://a.example https://b.example",
      orgCode: "org_2",
      clientId: "from-kinde",
    });
    vi.stubEnv("HALLPASS_ISSUER", "ftp://x");
    expect(messageOf({})).toMatch(/^issuer \(from HALLPASS_ISSUER\) is "ftp:\/\/x"/);
  });
});
