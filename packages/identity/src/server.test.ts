import { compactVerify, createRemoteJWKSet, jwtVerify } from "jose";
import * as oauth from "oauth4webapi";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  AUDIENCE,
  arrived,
  authorizationRequest,
  claimsOf,
  exchange,
  HOME,
  headerOf,
  PASSWORD,
  REDIRECT_URI,
  type RunningIdentity,
  refresh,
  signIn,
  startIdentity,
} from "../test/identity.ts";

let running: RunningIdentity;

beforeAll(async () => {
  running = await startIdentity();
});
afterAll(async () => {
  await running.identity.close();
});

describe("the whole way of somebody new", () => {
  test("registers, gets tokens, refreshes them, is known to userinfo, and signs out", async () => {
    const { issuer } = running;
    const browser = running.browser();
    const request = authorizationRequest(issuer, { prompt: "create" });

    const form = await browser.open(request.url);
    expect(form.html).toContain("Create");
    const callback = arrived(
      await browser.submit(form, {
        givenName: "Grace",
        familyName: "Hopper",
        email: "grace@example.com",
        password: PASSWORD,
      }),
    );
    expect(callback.origin + callback.pathname).toBe(REDIRECT_URI);
    expect(callback.searchParams.get("state")).toBe(request.state);
    expect(callback.searchParams.get("iss")).toBe(issuer);

    const first = await exchange(issuer, request, callback);
    expect(first.status).toBe(200);
    const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`));
    const idToken = (await jwtVerify(first.body.id_token, keys, { issuer, audience: "bookstore-web" }))
      .payload;
    expect(idToken).toMatchObject({
      nonce: request.nonce,
      name: "Grace Hopper",
      given_name: "Grace",
      family_name: "Hopper",
      email: "grace@example.com",
      email_verified: false,
      org_codes: ["org_bookstore"],
      azp: "bookstore-web",
    });
    const access = (await jwtVerify(first.body.access_token, keys, { issuer, audience: AUDIENCE })).payload;
    expect(access).toMatchObject({ sub: idToken.sub, sid: idToken.sid, permissions: ["read:books"] });

    const second = await refresh(issuer, first.body.refresh_token);
    expect(second.status).toBe(200);
    expect(second.body.refresh_token).not.toBe(first.body.refresh_token);
    expect(claimsOf(second.body.access_token)).toMatchObject({ aud: [AUDIENCE], sub: idToken.sub });

    const profile = await fetch(`${issuer}/oauth2/v2/user_profile`, {
      headers: { authorization: `Bearer ${second.body.access_token}` },
    });
    expect(profile.status).toBe(200);
    expect(await profile.json()).toMatchObject({ sub: idToken.sub, name: "Grace Hopper" });

    const leave = new URL(`${issuer}/logout`);
    leave.searchParams.set("id_token_hint", second.body.id_token);
    leave.searchParams.set("post_logout_redirect_uri", HOME);
    leave.searchParams.set("state", "bye");
    const left = arrived(await browser.open(leave.href));
    expect(left.href).toBe(`${HOME}?state=bye`);
    expect((await refresh(issuer, second.body.refresh_token)).body.error).toBe("invalid_grant");
    const afterwards = await browser.open(authorizationRequest(issuer).url);
    expect(afterwards.html).toContain("Sign in");
  });
});

describe("an access token", () => {
  test("has Kinde's claims and RFC 9068's", async () => {
    const { issuer } = running;
    const request = authorizationRequest(issuer, { scope: "openid profile email offline books:read" });
    const callback = await signIn(running.browser(), request);
    const { body } = await exchange(issuer, request, callback);
    const header = headerOf(body.access_token);
    expect(header).toMatchObject({ alg: "RS256", typ: "at+jwt", kid: expect.any(String) });
    const claims = claimsOf(body.access_token);
    const now = Math.floor(Date.now() / 1000);
    expect(claims).toEqual({
      iss: issuer,
      sub: expect.stringMatching(/^kp_/),
      aud: [AUDIENCE],
      azp: "bookstore-web",
      client_id: "bookstore-web",
      scope: "openid profile email offline books:read",
      scp: ["openid", "profile", "email", "offline", "books:read"],
      org_code: "org_bookstore",
      org_name: "The Bookstore",
      permissions: ["create:books", "read:books"],
      roles: [{ id: expect.any(String), key: "editor", name: "Editor" }],
      feature_flags: {
        theme: { t: "s", v: "sand" },
        beta: { t: "b", v: true },
        shelves: { t: "i", v: 3 },
      },
      iat: expect.any(Number),
      exp: expect.any(Number),
      jti: expect.any(String),
      sid: expect.any(String),
      auth_time: expect.any(Number),
      acr: "urn:hallpass:acr:password",
      amr: ["pwd"],
    });
    expect(Math.abs((claims.iat as number) - now)).toBeLessThan(5);
    expect((claims.exp as number) - (claims.iat as number)).toBe(3600);
    expect(body.expires_in).toBe(3600);
  });

  test("is signed by the key that its kid names, which is the key's thumbprint", async () => {
    const { accessToken } = await running.identity.issueToken({ email: "ada@example.com" });
    const keys = createRemoteJWKSet(new URL(`${running.issuer}/.well-known/jwks`));
    await expect(compactVerify(accessToken, keys)).resolves.toBeDefined();
  });
});

describe("a client library that checks everything (oauth4webapi)", () => {
  test("discovers the server, signs in, refreshes, reads the profile and revokes", async () => {
    const issuer = new URL(running.issuer);
    const insecure = { [oauth.allowInsecureRequests]: true };
    const server = await oauth.processDiscoveryResponse(
      issuer,
      await oauth.discoveryRequest(issuer, insecure),
    );
    expect(server.refresh_token_transports_supported).toEqual(["body", "cookie"]);
    const client: oauth.Client = { client_id: "bookstore-web" };
    const request = authorizationRequest(running.issuer);
    const callback = await signIn(running.browser(), request);
    const parameters = oauth.validateAuthResponse(server, client, callback, request.state);
    const first = await oauth.processAuthorizationCodeResponse(
      server,
      client,
      await oauth.authorizationCodeGrantRequest(
        server,
        client,
        oauth.None(),
        parameters,
        REDIRECT_URI,
        request.verifier,
        insecure,
      ),
      { expectedNonce: request.nonce, requireIdToken: true },
    );
    const claims = oauth.getValidatedIdTokenClaims(first);
    const second = await oauth.processRefreshTokenResponse(
      server,
      client,
      await oauth.refreshTokenGrantRequest(
        server,
        client,
        oauth.None(),
        first.refresh_token as string,
        insecure,
      ),
    );
    const profile = await oauth.processUserInfoResponse(
      server,
      client,
      claims?.sub as string,
      await oauth.userInfoRequest(server, client, second.access_token, insecure),
    );
    expect(profile.email).toBe("ada@example.com");
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(server, client, oauth.None(), second.refresh_token as string, insecure),
    );
    expect((await refresh(running.issuer, second.refresh_token)).body.error).toBe("invalid_grant");
  });
});
