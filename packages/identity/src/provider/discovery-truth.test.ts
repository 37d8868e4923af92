import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDpopKey, dpopNonce } from "../../test/dpop.ts";
import {
  arrived,
  authorizationRequest,
  CLIENT_ID,
  CONFIG,
  claimsOf,
  exchange,
  headerOf,
  type RunningIdentity,
  refresh,
  signIn,
  startIdentity,
  tokenRequest,
  tokensFor,
} from "../../test/identity.ts";
import { type Receiver, startReceiver } from "../../test/receiver.ts";

let running: RunningIdentity;
let issuer: string;
let receiver: Receiver;
let metadata: Record<string, unknown>;

beforeAll(async () => {
  receiver = await startReceiver();
  const applications = (CONFIG.applications ?? []).map((application) =>
    application.clientId === CLIENT_ID ? { ...application, backchannelLogoutUri: receiver.url } : application,
  );
  running = await startIdentity({
    config: { ...CONFIG, applications: [...applications, { clientId: "tv", type: "spa", deviceFlow: true }] },
  });
  issuer = running.issuer;
  metadata = (await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()) as typeof metadata;
});
afterAll(async () => {
  await running.identity.close();
  await receiver[Symbol.asyncDispose]();
});

const stated = (name: string) => [...((metadata[name] ?? []) as string[])].sort();

/** The error that an authorization request ends with, at the application or on a page; `undefined` for a page that asks. */
async function authorizationError(
  parameters: Record<string, string | undefined>,
): Promise<string | undefined> {
  const page = await running.browser().open(authorizationRequest(issuer, parameters).url);
  if (!page.leftFor)
    return page.status === 200 ? undefined : /invalid_\w+|unsupported_\w+/.exec(page.html)?.[0];
  const answer = new URLSearchParams(page.leftFor.search || page.leftFor.hash.slice(1));
  return answer.get("error") ?? undefined;
}

/** Those of many values that the server takes, judged by the error that it gives to the others. */
async function taken(values: readonly string[], refusal: (value: string) => Promise<boolean>) {
  const found: string[] = [];
  for (const value of values) if (!(await refusal(value))) found.push(value);
  return found.sort();
}

test("the document is the same at both of its addresses, and names the issuer as the tokens do", async () => {
  const other = await fetch(`${issuer}/.well-known/oauth-authorization-server`);
  expect(await other.json()).toEqual(metadata);
  const { body } = await tokensFor(running);
  expect(metadata.issuer).toBe(issuer);
  for (const token of [body.access_token, body.id_token]) expect(claimsOf(token).iss).toBe(issuer);
});

describe("every address that is stated answers", () => {
  test("and none is stated that is not there", async () => {
    const addresses = Object.entries(metadata).filter(([name]) =>
      /_endpoint$|_uri$|^check_session/.test(name),
    );
    expect(addresses.length).toBeGreaterThanOrEqual(7);
    for (const [name, address] of addresses) {
      expect(String(address), name).toMatch(new RegExp(`^${issuer}/`));
      const answers = await Promise.all([
        fetch(String(address), { redirect: "manual" }),
        fetch(String(address), { redirect: "manual", method: "POST", body: new URLSearchParams() }),
      ]);
      const statuses = answers.map(({ status }) => status);
      expect(
        statuses.every((status) => status !== 404 && status < 500),
        `${name} ${statuses}`,
      ).toBe(true);
      expect(
        statuses.some((status) => status !== 405),
        `${name} ${statuses}`,
      ).toBe(true);
    }
  });

  test("and the provider's other addresses are there only if they are stated", async () => {
    for (const [path, name] of [
      ["/reg", "registration_endpoint"],
      ["/oauth2/register", "registration_endpoint"],
      ["/request", "pushed_authorization_request_endpoint"],
      ["/device/auth", "device_authorization_endpoint"],
      ["/backchannel", "backchannel_authentication_endpoint"],
      ["/challenge", "challenge_endpoint"],
      ["/me", "userinfo_endpoint"],
      ["/session/end", "end_session_endpoint"],
      ["/session/check", "check_session_iframe"],
    ] as const) {
      if (metadata[name] === issuer + path) continue;
      for (const method of ["GET", "POST"]) {
        expect((await fetch(issuer + path, { method })).status, path).toBe(404);
      }
    }
  });
});

describe("what is stated is taken, and nothing else is", () => {
  test("grant types", async () => {
    const known = [
      "authorization_code",
      "refresh_token",
      "implicit",
      "password",
      "client_credentials",
      "urn:ietf:params:oauth:grant-type:device_code",
      "urn:ietf:params:oauth:grant-type:token-exchange",
      "urn:ietf:params:oauth:grant-type:jwt-bearer",
      "urn:openid:params:grant-type:ciba",
    ];
    const found = await taken(
      known,
      async (grant_type) =>
        (await tokenRequest(issuer, { grant_type })).body.error === "unsupported_grant_type",
    );
    expect(found).toEqual(stated("grant_types_supported"));
  });

  test("response types", async () => {
    const known = ["code", "token", "id_token", "code id_token", "code token", "id_token token", "none"];
    const found = await taken(known, async (response_type) =>
      Boolean(await authorizationError({ response_type })),
    );
    expect(found).toEqual(stated("response_types_supported"));
  });

  test("response modes", async () => {
    const known = ["query", "fragment", "form_post", "jwt", "query.jwt", "form_post.jwt", "web_message"];
    const found = await taken(known, async (response_mode) =>
      Boolean(await authorizationError({ response_mode })),
    );
    expect(found).toEqual(stated("response_modes_supported"));
  });

  test("ways to challenge a code", async () => {
    const found = await taken(["S256", "plain", "S512"], async (code_challenge_method) =>
      Boolean(await authorizationError({ code_challenge_method })),
    );
    expect(found).toEqual(stated("code_challenge_methods_supported"));
  });

  test("prompts", async () => {
    // Silence has nothing to say to somebody who is not signed in.
    const refusals = new Set(["invalid_request", "unsupported_prompt"]);
    const known = ["none", "login", "consent", "select_account", "create", "nonsense"];
    const found = await taken(known, async (prompt) =>
      refusals.has((await authorizationError({ prompt })) ?? ""),
    );
    expect(found).toEqual(stated("prompt_values_supported"));
  });

  test("scopes", async () => {
    const found: string[] = [];
    for (const scope of [...stated("scopes_supported"), "address", "phone", "admin"]) {
      const { body } = await tokensFor(running, { scope: `openid ${scope}` });
      const granted = body.scope.split(" ");
      // The long name of the same scope.
      const name = scope === "offline_access" ? "offline" : scope;
      if (granted.includes(name)) found.push(scope);
    }
    expect(found).toEqual(stated("scopes_supported"));
  });

  test("request objects", async () => {
    const request = `${Buffer.from('{"alg":"none"}').toString("base64url")}.e30.`;
    const inline = await authorizationError({ request });
    expect(Boolean(inline)).toBe(metadata.request_parameter_supported !== true);
    // Nobody is sent anywhere because of a reference: what else stands in the address does not count.
    const byReference = authorizationRequest(issuer, { request_uri: "https://app.example/request.jwt" });
    const page = await running.browser().open(byReference.url);
    expect(page.status === 400).toBe(metadata.request_uri_parameter_supported !== true);
  });

  test("algorithms of proofs of possession", async () => {
    const known = ["ES256", "Ed25519", "EdDSA", "ES384", "ES512", "RS256", "PS256"];
    const nonce = await dpopNonce(issuer, await createDpopKey());
    const found = await taken(known, async (alg) => {
      const dpop = await (await createDpopKey(alg)).proof(`${issuer}/oauth2/token`, { nonce });
      const form = { grant_type: "refresh_token", refresh_token: "none" };
      return (await tokenRequest(issuer, form, { headers: { dpop } })).body.error === "invalid_dpop_proof";
    });
    expect(found).toEqual(stated("dpop_signing_alg_values_supported"));
  });

  test("pushed requests, which nobody has to send", async () => {
    const request = authorizationRequest(issuer);
    const response = await fetch(String(metadata.pushed_authorization_request_endpoint), {
      method: "POST",
      body: new URL(request.url).searchParams,
    });
    const { request_uri } = (await response.json()) as { request_uri: string };
    const query = new URLSearchParams({ client_id: CLIENT_ID, request_uri });
    const url = `${metadata.authorization_endpoint}?${query}`;
    expect((await signIn(running.browser(), { ...request, url })).searchParams.has("code")).toBe(true);
    expect(metadata.require_pushed_authorization_requests).not.toBe(true);
    expect(await authorizationError({})).toBeUndefined();
  });

  test("codes for devices", async () => {
    const address = String(metadata.device_authorization_endpoint);
    const ask = (client_id: string) =>
      fetch(address, { method: "POST", body: new URLSearchParams({ client_id }) });
    expect((await ask("tv")).status).toBe(200);
    expect((await ask(CLIENT_ID)).status).toBe(400);
  });

  test("levels of authentication", async () => {
    const { body } = await tokensFor(running);
    expect(stated("acr_values_supported")).toEqual([claimsOf(body.id_token).acr]);
  });

  test("messages at the end of a session, which say whose it was", async () => {
    expect(metadata).toMatchObject({
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
    });
    const browser = running.browser();
    const { body } = await tokensFor(running, {}, browser);
    const link = `${metadata.end_session_endpoint}?${new URLSearchParams({ id_token_hint: body.id_token })}`;
    await browser.open(link);
    const [message] = await receiver.has(1);
    const { sid } = claimsOf(message?.form.get("logout_token") ?? "");
    expect(sid).toBe(claimsOf(body.id_token).sid);
  });

  test("ways of the refresh token", async () => {
    const { body } = await tokensFor(running);
    const found = await taken(
      ["body", "cookie", "header"],
      async (refresh_token_transport) =>
        (await refresh(issuer, body.refresh_token, { refresh_token_transport })).body.error ===
        "invalid_request",
    );
    expect(found).toEqual(stated("refresh_token_transports_supported"));
  });

  test("an application without a secret, which is the authentication method none", async () => {
    expect(stated("token_endpoint_auth_methods_supported")).toContain("none");
    expect((await tokensFor(running)).status).toBe(200);
  });
});

describe("what is stated about answers", () => {
  test("ID tokens are signed with an algorithm that is stated, for the same subject everywhere", async () => {
    const { body } = await tokensFor(running);
    expect(stated("id_token_signing_alg_values_supported")).toEqual([headerOf(body.id_token).alg]);
    expect(stated("subject_types_supported")).toEqual(["public"]);
    const there = { client_id: "other-web", redirect_uri: "http://localhost:4309/callback" };
    const request = authorizationRequest(issuer, there);
    const callback = await signIn(running.browser(), request);
    const headers = { origin: "http://localhost:4309" };
    const other = await exchange(issuer, request, callback, there, { headers });
    expect(claimsOf(other.body.id_token).sub).toBe(claimsOf(body.id_token).sub);
  });

  test("an ID token and a profile have the claims that are stated, and no others", async () => {
    const { body } = await tokensFor(running, { max_age: "3600" });
    const profile = (await (
      await fetch(`${issuer}/oauth2/userinfo`, {
        headers: { authorization: `Bearer ${body.access_token}` },
      })
    ).json()) as Record<string, unknown>;
    // Of the token itself (OpenID Connect Core section 2), and Kinde's second name for `sub`.
    const notClaims = new Set([
      "aud",
      "exp",
      "iat",
      "nonce",
      "at_hash",
      "c_hash",
      "s_hash",
      "id",
      "jti",
      "acr",
      "amr",
    ]);
    const found = [...Object.keys(claimsOf(body.id_token)), ...Object.keys(profile)];
    const unstated = found.filter(
      (name) => !notClaims.has(name) && !stated("claims_supported").includes(name),
    );
    expect([...new Set(unstated)]).toEqual([]);
    const missing = stated("claims_supported").filter((name) => !found.includes(name));
    expect(missing).toEqual([]);
  });

  test("the callback names the issuer, also with an error", async () => {
    expect(metadata.authorization_response_iss_parameter_supported).toBe(true);
    const request = authorizationRequest(issuer);
    const browser = running.browser();
    const callback = await signIn(browser, request);
    const failed = arrived(
      await running.browser().open(authorizationRequest(issuer, { prompt: "none" }).url),
    );
    expect(failed.searchParams.get("error")).toBe("login_required");
    for (const url of [callback, failed]) expect(url.searchParams.get("iss")).toBe(issuer);
    expect((await exchange(issuer, request, callback)).status).toBe(200);
  });

  test("the claims parameter is taken only if it is stated", async () => {
    const { body } = await tokensFor(running, { claims: '{"id_token":{"zoneinfo":{"essential":true}}}' });
    expect(metadata.claims_parameter_supported).toBe(false);
    expect(claimsOf(body.id_token)).not.toHaveProperty("zoneinfo");
  });
});
