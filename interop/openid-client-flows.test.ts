import { randomBytes } from "node:crypto";
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrlWithPAR,
  ClientSecretBasic,
  type Configuration,
  calculatePKCECodeChallenge,
  clientCredentialsGrant,
  discovery,
  fetchUserInfo,
  getDPoPHandle,
  initiateDeviceAuthorization,
  pollDeviceAuthorizationGrant,
  randomDPoPKeyPair,
  randomPKCECodeVerifier,
  randomState,
  tokenIntrospection,
  tokenRevocation,
} from "openid-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBrowser } from "../packages/identity/test/browser.ts";
import { arrived, claimsOf } from "../packages/identity/test/identity.ts";
import { AUDIENCE, ada, type Issuer, startIssuer } from "./support/identity.ts";

const clientId = "bookstore-server";
const redirectUri = "http://localhost:4305/callback";
const secret = randomBytes(24).toString("hex");

describe.each([
  ["OpenID Connect's own face", {}],
  ["Auth0's face", { face: "auth0" }],
] as const)("openid-client of a server with a secret, at %s,", (_name, face) => {
  let issuer: Issuer;
  let config: Configuration;

  beforeAll(async () => {
    issuer = await startIssuer({
      config: {
        ...face,
        applications: [
          {
            clientId,
            type: "web",
            secret,
            redirectUris: [redirectUri],
            apis: [{ audience: AUDIENCE }],
            deviceFlow: true,
          },
        ],
      },
    });
    config = await discovery(new URL(issuer.url), clientId, undefined, ClientSecretBasic(secret), {
      execute: [allowInsecureRequests],
    });
  });
  afterAll(() => issuer.close());

  test("pushes a request, and gets tokens that are bound to its key", async () => {
    const DPoP = getDPoPHandle(config, await randomDPoPKeyPair("ES256"));
    const verifier = randomPKCECodeVerifier();
    const state = randomState();
    const url = await buildAuthorizationUrlWithPAR(
      config,
      {
        redirect_uri: redirectUri,
        scope: "openid profile email",
        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
        resource: AUDIENCE,
        state,
      },
      { DPoP },
    );
    const browser = createBrowser();
    const callback = arrived(await browser.submit(await browser.open(url.href), ada));
    const tokens = await authorizationCodeGrant(
      config,
      callback,
      { pkceCodeVerifier: verifier, expectedState: state, idTokenExpected: true },
      {},
      { DPoP },
    );
    expect(tokens.token_type).toBe("dpop");
    const { sub, cnf } = claimsOf(tokens.access_token);
    expect(cnf).toEqual({ jkt: await DPoP.calculateThumbprint() });
    expect(await fetchUserInfo(config, tokens.access_token, String(sub), { DPoP })).toMatchObject({
      email: ada.email,
    });
    await expect(fetchUserInfo(config, tokens.access_token, String(sub))).rejects.toThrow();
  });

  test("signs a device in", async () => {
    const started = await initiateDeviceAuthorization(config, { scope: "openid", audience: AUDIENCE });
    const browser = createBrowser();
    const code = await browser.open(String(started.verification_uri_complete));
    const question = await browser.submit(await browser.submit(code, { user_code: started.user_code }), ada);
    await browser.submit(question, { decision: "allow" });
    const tokens = await pollDeviceAuthorizationGrant(config, started);
    expect(claimsOf(tokens.access_token)).toMatchObject({ client_id: clientId, aud: [AUDIENCE] });
    expect(tokens.claims()?.iss).toBe(issuer.identity.issuer);
  });

  test("gets a token in its own name that is bound to its key, looks at it and revokes it", async () => {
    const DPoP = getDPoPHandle(config, await randomDPoPKeyPair("ES256"));
    const { access_token: token } = await clientCredentialsGrant(config, { resource: AUDIENCE }, { DPoP });
    expect(await tokenIntrospection(config, token)).toMatchObject({
      active: true,
      sub: clientId,
      cnf: { jkt: await DPoP.calculateThumbprint() },
    });
    await tokenRevocation(config, token);
    expect(await tokenIntrospection(config, token)).toMatchObject({ active: false });
  });
});
