import * as oauth from "oauth4webapi";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  APPLICATIONS_CONFIG,
  basic,
  JOBS_SECRET,
  post,
  SERVER_REDIRECT_URI,
  SERVER_SECRET,
} from "../../test/applications.ts";
import {
  authorizationRequest,
  claimsOf,
  type RunningIdentity,
  signIn,
  startIdentity,
} from "../../test/identity.ts";

let running: RunningIdentity;
let issuer: string;

beforeAll(async () => {
  running = await startIdentity({ config: APPLICATIONS_CONFIG });
  issuer = running.issuer;
});
afterAll(async () => {
  await running.identity.close();
});

const withoutPkce = { code_challenge: undefined, code_challenge_method: undefined };

async function codeFor(client_id: string, parameters: Record<string, string | undefined> = {}) {
  const request = authorizationRequest(issuer, {
    client_id,
    redirect_uri: SERVER_REDIRECT_URI,
    ...parameters,
  });
  const callback = await signIn(running.browser(), request);
  return { request, callback, code: callback.searchParams.get("code") ?? "" };
}

const exchange = (form: Record<string, string>, headers: Record<string, string> = {}) =>
  post(
    `${issuer}/oauth2/token`,
    { grant_type: "authorization_code", redirect_uri: SERVER_REDIRECT_URI, ...form },
    headers,
  );

describe("a web server with a secret", () => {
  test("signs people in, refreshes and revokes, as oauth4webapi does it", async () => {
    const insecure = { [oauth.allowInsecureRequests]: true };
    const as = await oauth.processDiscoveryResponse(
      new URL(issuer),
      await oauth.discoveryRequest(new URL(issuer), insecure),
    );
    const client = { client_id: "server" };
    const secret = oauth.ClientSecretBasic(SERVER_SECRET);
    const { request, callback } = await codeFor("server");
    const first = await oauth.processAuthorizationCodeResponse(
      as,
      client,
      await oauth.authorizationCodeGrantRequest(
        as,
        client,
        secret,
        oauth.validateAuthResponse(as, client, callback, request.state),
        SERVER_REDIRECT_URI,
        request.verifier,
        insecure,
      ),
      { expectedNonce: request.nonce, requireIdToken: true },
    );
    expect(claimsOf(first.access_token)).toMatchObject({ client_id: "server", azp: "server" });
    const second = await oauth.processRefreshTokenResponse(
      as,
      client,
      await oauth.refreshTokenGrantRequest(as, client, secret, first.refresh_token as string, insecure),
    );
    const token = second.refresh_token as string;
    const seen = await oauth.processIntrospectionResponse(
      as,
      client,
      await oauth.introspectionRequest(as, client, secret, token, insecure),
    );
    expect(seen).toMatchObject({ active: true, client_id: "server" });
    await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, secret, token, insecure));
    const over = await post(
      `${issuer}/oauth2/token`,
      { grant_type: "refresh_token", refresh_token: token },
      basic("server", SERVER_SECRET),
    );
    expect(over.body.error).toBe("invalid_grant");
  });

  test("needs its secret for a code and for a refresh token, and a failed try spends neither", async () => {
    const { request, code } = await codeFor("server");
    const form = { code, code_verifier: request.verifier };
    expect((await exchange({ ...form, client_id: "server" })).status).toBe(401);
    expect((await exchange(form, basic("server", JOBS_SECRET))).status).toBe(401);
    const { status, body } = await exchange(form, basic("server", SERVER_SECRET));
    expect(status).toBe(200);
    const refresh = { grant_type: "refresh_token", refresh_token: String(body.refresh_token) };
    expect((await exchange({ ...refresh, client_id: "server" })).status).toBe(401);
    expect((await exchange(refresh, basic("server", SERVER_SECRET))).status).toBe(200);
  });

  test("cannot exchange the code of another application", async () => {
    const { request, code } = await codeFor("server");
    const form = { code, code_verifier: request.verifier };
    const { status, body } = await exchange(form, basic("kinde-server", SERVER_SECRET));
    expect(status).toBe(400);
    expect(body.error).toBe("invalid_grant");
  });

  test("may send the refresh token's cookie mode nothing: it is for pages", async () => {
    const { request, code } = await codeFor("server");
    const form = { code, code_verifier: request.verifier, refresh_token_transport: "cookie" };
    expect((await exchange(form, basic("server", SERVER_SECRET))).status).toBe(403);
  });
});

describe("PKCE", () => {
  test.each([
    ["none", withoutPkce],
    ["plain", { code_challenge: "x".repeat(43), code_challenge_method: "plain" }],
    ["plain, unsaid", { code_challenge: "x".repeat(43), code_challenge_method: undefined }],
  ])("a server that has a secret needs it all the same: %s is refused", async (_what, parameters) => {
    const { callback } = await codeFor("server", parameters);
    expect(callback.searchParams.get("error")).toBe("invalid_request");
    expect(callback.searchParams.get("error_description")).toMatch(/PKCE|code_challenge/);
    expect(callback.searchParams.has("code")).toBe(false);
  });

  test("may be left out where the configuration says that it is optional", async () => {
    const { code } = await codeFor("kinde-server", withoutPkce);
    const { status, body } = await exchange({ code }, basic("kinde-server", SERVER_SECRET));
    expect(status).toBe(200);
    expect(body.id_token).toEqual(expect.any(String));
  });

  test("counts where it is optional, if it was sent", async () => {
    const first = await codeFor("kinde-server");
    expect((await exchange({ code: first.code }, basic("kinde-server", SERVER_SECRET))).status).toBe(400);
    const second = await codeFor("kinde-server");
    const wrong = { code: second.code, code_verifier: "y".repeat(43) };
    expect((await exchange(wrong, basic("kinde-server", SERVER_SECRET))).status).toBe(400);
    const { request, code } = await codeFor("kinde-server");
    const right = { code, code_verifier: request.verifier };
    expect((await exchange(right, basic("kinde-server", SERVER_SECRET))).status).toBe(200);
  });

  test("never in its plain form", async () => {
    for (const code_challenge_method of ["plain", undefined]) {
      const parameters = { code_challenge: "x".repeat(43), code_challenge_method };
      const { callback } = await codeFor("kinde-server", parameters);
      expect(callback.searchParams.get("error")).toBe("invalid_request");
    }
  });
});

describe("parameters that are there twice are refused", () => {
  const twice = (value: string) => [value, value];

  test.each([
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "max_age",
    "login_hint",
    "response_mode",
  ])("%s at the authorization endpoint", async (name) => {
    const value = new URL(authorizationRequest(issuer).url).searchParams.get(name) ?? "1";
    const page = await running.browser().open(authorizationRequest(issuer, { [name]: twice(value) }).url);
    const error = page.leftFor?.searchParams.get("error");
    expect(error ?? page.status).toBe(page.leftFor ? "invalid_request" : 400);
    expect(page.leftFor?.searchParams.has("code") ?? false).toBe(false);
  });

  test.each([
    ["grant_type", "client_credentials"],
    ["scope", "books:read"],
    ["client_id", "jobs"],
    ["client_secret", JOBS_SECRET],
  ])("%s at the token endpoint", async (name, value) => {
    const form = {
      grant_type: "client_credentials",
      audience: "https://api.bookstore.example",
      client_id: "jobs",
      client_secret: JOBS_SECRET,
      [name]: twice(value),
    };
    const { status, body } = await post(`${issuer}/oauth2/token`, form);
    expect([status, body.error]).toEqual([400, "invalid_request"]);
  });

  test.each(["code", "redirect_uri", "code_verifier"])("%s in the exchange of a code", async (name) => {
    const { request, code } = await codeFor("server");
    const form: Record<string, string> = {
      code,
      code_verifier: request.verifier,
      redirect_uri: SERVER_REDIRECT_URI,
    };
    const { status, body } = await post(
      `${issuer}/oauth2/token`,
      { grant_type: "authorization_code", ...form, [name]: twice(form[name] as string) },
      basic("server", SERVER_SECRET),
    );
    expect([status, body.error]).toEqual([400, "invalid_request"]);
  });

  test.each(["refresh_token", "scope", "refresh_token_transport"])("%s in a refresh", async (name) => {
    const { status, body } = await post(
      `${issuer}/oauth2/token`,
      { grant_type: "refresh_token", refresh_token: "x", [name]: twice("body") },
      basic("server", SERVER_SECRET),
    );
    expect([status, body.error]).toEqual([400, "invalid_request"]);
  });

  test.each(["token", "token_type_hint", "client_id"])("%s at revocation and introspection", async (name) => {
    for (const endpoint of ["revoke", "introspect"]) {
      const form = {
        token: "x",
        client_id: "server",
        client_secret: SERVER_SECRET,
        [name]: twice(name === "client_id" ? "server" : "x"),
      };
      const { status, body } = await post(`${issuer}/oauth2/${endpoint}`, form);
      expect([endpoint, status, body.error]).toEqual([endpoint, 400, "invalid_request"]);
    }
  });

  test.each(["client_id", "post_logout_redirect_uri", "redirect", "state", "id_token_hint"])(
    "%s at the end of a session",
    async (name) => {
      const url = new URL(`${issuer}/logout`);
      for (const value of twice("x")) url.searchParams.append(name, value);
      const page = await running.browser().open(url.href);
      expect([page.status, page.leftFor]).toEqual([400, undefined]);
    },
  );
});
