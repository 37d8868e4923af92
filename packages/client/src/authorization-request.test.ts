import { describe, expect, test } from "vitest";
import {
  authorizationUrl,
  codeChallenge,
  defaultScope,
  organization,
  randomValue,
  registration,
} from "./authorization-request.ts";

describe("PKCE", () => {
  test("makes the challenge of RFC 7636, appendix B", async () => {
    expect(await codeChallenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")).toBe(
      "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    );
  });

  test("takes verifiers of 43 unreserved characters, never the same", () => {
    const values = Array.from({ length: 100 }, randomValue);
    for (const value of values) expect(value).toMatch(/^[\w-]{43}$/);
    expect(new Set(values).size).toBe(100);
  });
});

describe("the authorization URL", () => {
  const request = {
    clientId: "web",
    redirectUri: "https://app.example",
    scope: "openid",
    audience: undefined,
    state: "s",
    nonce: "n",
    codeChallenge: "c",
  };
  const parametersOf = (url: string) => Object.fromEntries(new URL(url).searchParams);

  test("keeps what the endpoint has in its query, and leaves out what is not given", () => {
    expect(parametersOf(authorizationUrl("https://auth.example/authorize?p=policy", request))).toEqual({
      p: "policy",
      client_id: "web",
      redirect_uri: "https://app.example",
      scope: "openid",
      state: "s",
      nonce: "n",
      code_challenge: "c",
      code_challenge_method: "S256",
      response_type: "code",
    });
  });

  test("writes Kinde's and Auth0's parameters as they are on the wire", () => {
    const url = authorizationUrl("https://auth.example/authorize", request, {
      orgCode: "org_1",
      orgName: "Readers",
      isCreateOrg: true,
      connectionId: "conn_1",
      lang: "de",
      invitationCode: "inv",
      isInvitation: true,
      pricingTableKey: "t",
      connection: "google-oauth2",
      screenHint: "signup",
      maxAge: 0,
      uiLocales: ["de", "en"],
      returnTo: "/books",
    });
    expect(parametersOf(url)).toMatchObject({
      org_code: "org_1",
      org_name: "Readers",
      is_create_org: "true",
      connection_id: "conn_1",
      lang: "de",
      invitation_code: "inv",
      is_invitation: "true",
      pricing_table_key: "t",
      connection: "google-oauth2",
      screen_hint: "signup",
      max_age: "0",
      ui_locales: "de en",
    });
    expect(url).not.toContain("books");
  });
});

describe("where issuers differ", () => {
  test("Kinde and Hallpass call offline access `offline`, everybody else `offline_access`", () => {
    expect(defaultScope("kinde")).toBe("openid profile email offline");
    expect(defaultScope("auth0")).toBe("openid profile email offline_access");
    expect(defaultScope("oauth")).toBe("openid profile email offline_access");
  });

  test("registration and organizations", () => {
    expect(registration("kinde")).toEqual({ prompt: "create" });
    expect(registration("oauth")).toEqual({ prompt: "create" });
    expect(registration("auth0")).toEqual({ screenHint: "signup" });
    expect(organization("kinde", "org_1")).toEqual({ orgCode: "org_1" });
    expect(organization("auth0", "org_1")).toEqual({ organization: "org_1" });
  });
});
