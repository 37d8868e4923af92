import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  fetchUserInfo,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  refreshTokenGrant,
  tokenIntrospection,
  tokenRevocation,
} from "openid-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBrowser } from "../packages/identity/test/browser.ts";
import { arrived, claimsOf } from "../packages/identity/test/identity.ts";
import { AUDIENCE, ada, type Issuer, startIssuer } from "./support/identity.ts";

const clientId = "bookstore-web";
const redirectUri = "http://localhost:4302/callback";
const home = "http://localhost:4302/";

let issuer: Issuer;
let config: Configuration;

/** Signs in with a browser that keeps the session. */
async function signIn(browser = createBrowser(), parameters: Record<string, string> = {}) {
  const verifier = randomPKCECodeVerifier();
  const [state, nonce] = [randomState(), randomNonce()];
  const url = buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: "openid profile email offline_access",
    code_challenge: await calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    resource: AUDIENCE,
    state,
    nonce,
    ...parameters,
  });
  const page = await browser.open(url.href);
  const callback = page.leftFor ?? arrived(await browser.submit(page, ada));
  return await authorizationCodeGrant(config, callback, {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
    ...(parameters.max_age && { maxAge: Number(parameters.max_age) }),
  });
}

describe.each([
  ["OpenID Connect's own face", {}],
  ["Auth0's face", { face: "auth0" }],
] as const)("openid-client, at %s,", (_name, face) => {
  beforeAll(async () => {
    issuer = await startIssuer({
      config: {
        ...face,
        applications: [
          { clientId, type: "spa", redirectUris: [redirectUri], postLogoutRedirectUris: [home] },
        ],
      },
    });
    config = await discovery(new URL(issuer.url), clientId, undefined, None(), {
      execute: [allowInsecureRequests],
    });
  });
  afterAll(() => issuer.close());

  test("finds everything in the discovery document", () => {
    expect(config.serverMetadata()).toMatchObject({
      issuer: issuer.identity.issuer,
      authorization_response_iss_parameter_supported: true,
    });
    expect(config.serverMetadata().supportsPKCE()).toBe(true);
  });

  test("signs in with a code, PKCE, state, nonce and the issuer of RFC 9207", async () => {
    const tokens = await signIn();
    expect(tokens.claims()).toMatchObject({ iss: issuer.identity.issuer, aud: clientId, email: ada.email });
    expect(claimsOf(tokens.access_token)).toMatchObject({ aud: [AUDIENCE] });
    expect(tokens.expiresIn()).toBeGreaterThan(3000);
  });

  test("signs in without a question where there is a session, and anew when that is too old", async () => {
    const browser = createBrowser();
    const first = await signIn(browser);
    const again = await signIn(browser, { prompt: "none", max_age: "3600" });
    expect(again.claims()?.sid).toBe(first.claims()?.sid);
    await expect(signIn(createBrowser(), { prompt: "none" })).rejects.toMatchObject({
      error: "login_required",
    });
  });

  test("refreshes, and the refresh token is replaced", async () => {
    const before = await signIn();
    const after = await refreshTokenGrant(config, before.refresh_token ?? "");
    expect(after.refresh_token).not.toBe(before.refresh_token);
    expect(claimsOf(after.access_token)).toMatchObject({ aud: [AUDIENCE], sub: before.claims()?.sub });
    expect(after.claims()?.sub).toBe(before.claims()?.sub);
  });

  test("reads the profile", async () => {
    const tokens = await signIn();
    const profile = await fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? "");
    expect(profile).toMatchObject({ email: ada.email, given_name: "Ada", family_name: "Lovelace" });
  });

  test("introspects its tokens, and revokes them", async () => {
    const { access_token: accessToken, refresh_token: refreshToken = "" } = await signIn();
    expect(await tokenIntrospection(config, accessToken)).toMatchObject({ active: true });
    expect(await tokenIntrospection(config, refreshToken)).toMatchObject({ active: true });
    await tokenRevocation(config, refreshToken, { token_type_hint: "refresh_token" });
    expect(await tokenIntrospection(config, refreshToken)).toEqual({ active: false });
    expect(await tokenIntrospection(config, accessToken)).toEqual({ active: false });
    await expect(refreshTokenGrant(config, refreshToken)).rejects.toMatchObject({ error: "invalid_grant" });
  });

  test("signs out by the address of the discovery document", async () => {
    const browser = createBrowser();
    const tokens = await signIn(browser);
    const url = buildEndSessionUrl(config, {
      post_logout_redirect_uri: home,
      id_token_hint: tokens.id_token ?? "",
      state: "bye",
    });
    expect(arrived(await browser.open(url.href)).href).toBe(`${home}?state=bye`);
    await expect(signIn(browser, { prompt: "none" })).rejects.toMatchObject({ error: "login_required" });
  });
});
