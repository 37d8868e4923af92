import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { APPLICATIONS_CONFIG, basic, JOBS_SECRET, post, SERVER_SECRET } from "../../test/applications.ts";
import { createDpopKey, type DpopKey, dpopNonce } from "../../test/dpop.ts";
import {
  AUDIENCE,
  authorizationRequest,
  CLIENT_ID,
  claimsOf,
  PASSWORD,
  type RunningIdentity,
  signIn,
  startIdentity,
} from "../../test/identity.ts";

const KIOSK = "kiosk";
const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
const REDIRECT_URI = "http://localhost:4305/callback";

let running: RunningIdentity;
let issuer: string;
let key: DpopKey;

beforeAll(async () => {
  running = await startIdentity({
    config: {
      ...APPLICATIONS_CONFIG,
      applications: [
        ...(APPLICATIONS_CONFIG.applications ?? []),
        { clientId: KIOSK, name: "Kiosk", type: "web", secret: SERVER_SECRET, deviceFlow: true },
      ],
    },
  });
  issuer = running.issuer;
  key = await createDpopKey();
});
afterAll(async () => {
  await running.identity.close();
});

/** Ways to show who one is that are not good enough: form and headers. */
const refusals: [string, (clientId: string) => [Record<string, string>, Record<string, string>]][] = [
  ["without a secret", (client_id) => [{ client_id }, {}]],
  ["with an empty secret", (client_id) => [{ client_id, client_secret: "" }, {}]],
  ["with the secret of another application", (client_id) => [{}, basic(client_id, JOBS_SECRET)]],
  ["with a wrong secret in the form", (client_id) => [{ client_id, client_secret: JOBS_SECRET }, {}]],
];

describe("a pushed request of an application with a secret", () => {
  function form(parameters: Record<string, string> = {}) {
    const request = authorizationRequest(issuer, { redirect_uri: REDIRECT_URI, ...parameters });
    const { client_id: _, ...rest } = Object.fromEntries(new URL(request.url).searchParams);
    return { request, rest };
  }

  test.each<[string, Record<string, string>, () => Record<string, string>]>([
    ["in a header", {}, () => basic("server", SERVER_SECRET)],
    ["in the form", { client_id: "server", client_secret: SERVER_SECRET }, () => ({})],
  ])("leads to tokens when the secret is right, %s", async (_how, credentials, headers) => {
    const { request, rest } = form();
    const { status, body } = await post(`${issuer}/oauth2/par`, { ...rest, ...credentials }, headers());
    expect(status).toBe(201);
    const reference = new URLSearchParams({ client_id: "server", request_uri: String(body.request_uri) });
    const url = `${issuer}/oauth2/auth?${reference}`;
    const callback = await signIn(running.browser(), { ...request, url });
    expect(callback.searchParams.get("state")).toBe(request.state);
    const tokens = await post(
      `${issuer}/oauth2/token`,
      {
        grant_type: "authorization_code",
        code: callback.searchParams.get("code") ?? "",
        redirect_uri: REDIRECT_URI,
        code_verifier: request.verifier,
      },
      basic("server", SERVER_SECRET),
    );
    expect(tokens.status).toBe(200);
    expect(claimsOf(String(tokens.body.access_token))).toMatchObject({
      client_id: "server",
      aud: [AUDIENCE],
    });
  });

  test.each(refusals)("is refused %s", async (_title, credentials) => {
    const [fields, headers] = credentials("server");
    const { status, body } = await post(`${issuer}/oauth2/par`, { ...form().rest, ...fields }, headers);
    expect(status).toBe(401);
    expect(body).toEqual({ error: "invalid_client", error_description: expect.any(String) });
  });

  test("is nothing for a machine, which signs nobody in", async () => {
    const { status, body } = await post(
      `${issuer}/oauth2/par`,
      { ...form().rest },
      basic("jobs", JOBS_SECRET),
    );
    expect(status).toBe(400);
    expect(body.request_uri).toBeUndefined();
  });

  test("cannot refer to another", async () => {
    const first = await post(`${issuer}/oauth2/par`, form().rest, basic("server", SERVER_SECRET));
    const again = { ...form().rest, request_uri: String(first.body.request_uri) };
    const { status, body } = await post(`${issuer}/oauth2/par`, again, basic("server", SERVER_SECRET));
    expect([status, body.error]).toEqual([400, "invalid_request"]);
  });
});

describe("a device of an application with a secret", () => {
  const wish = { scope: "openid offline", audience: AUDIENCE };

  test("gets tokens when the secret is right at both endpoints, and only then", async () => {
    const { status, body } = await post(`${issuer}/oauth2/device/auth`, wish, basic(KIOSK, SERVER_SECRET));
    expect(status).toBe(200);
    const browser = running.browser();
    const code = await browser.submit(await browser.open(`${issuer}/device`), {
      user_code: String(body.user_code),
    });
    const question = await browser.submit(code, { email: "ada@example.com", password: PASSWORD });
    expect(question.html).toContain("Connect Kiosk?");
    expect((await browser.submit(question, { decision: "allow" })).html).toContain("is connected");

    const form = { grant_type: DEVICE_GRANT, device_code: String(body.device_code) };
    for (const [, credentials] of refusals) {
      const [fields, headers] = credentials(KIOSK);
      const refused = await post(`${issuer}/oauth2/token`, { ...form, ...fields }, headers);
      expect([refused.status, refused.body.error]).toEqual([401, "invalid_client"]);
    }
    const tokens = await post(`${issuer}/oauth2/token`, form, basic(KIOSK, SERVER_SECRET));
    expect(tokens.status).toBe(200);
    expect(claimsOf(String(tokens.body.access_token))).toMatchObject({ client_id: KIOSK, aud: [AUDIENCE] });
    const refresh = { grant_type: "refresh_token", refresh_token: String(tokens.body.refresh_token) };
    expect((await post(`${issuer}/oauth2/token`, { ...refresh, client_id: KIOSK })).status).toBe(401);
    expect((await post(`${issuer}/oauth2/token`, refresh, basic(KIOSK, SERVER_SECRET))).status).toBe(200);
  });

  test.each(refusals)("gets no code %s", async (_title, credentials) => {
    const [fields, headers] = credentials(KIOSK);
    const { status, body } = await post(`${issuer}/oauth2/device/auth`, { ...wish, ...fields }, headers);
    expect(status).toBe(401);
    expect(body).toEqual({ error: "invalid_client", error_description: expect.any(String) });
  });

  test.each(["server", "jobs"])("cannot be one of %s, whose deviceFlow is not set", async (clientId) => {
    const headers = basic(clientId, clientId === "jobs" ? JOBS_SECRET : SERVER_SECRET);
    const asked = await post(`${issuer}/oauth2/device/auth`, wish, headers);
    expect(asked.status).toBe(400);
    expect(asked.body.user_code).toBeUndefined();
    const form = { grant_type: DEVICE_GRANT, device_code: "d".repeat(43) };
    const { status, body } = await post(`${issuer}/oauth2/token`, form, headers);
    expect([status, body.error]).toEqual([400, "unauthorized_client"]);
  });

  test("is the only way to sign in without a redirect URI", async () => {
    const form = { grant_type: "authorization_code", code: "c".repeat(43) };
    const { status, body } = await post(`${issuer}/oauth2/token`, form, basic(KIOSK, SERVER_SECRET));
    expect([status, body.error]).toEqual([400, "unauthorized_client"]);
    const { url } = authorizationRequest(issuer, { client_id: KIOSK, redirect_uri: REDIRECT_URI });
    const page = await running.browser().open(url);
    expect(page.leftFor).toBeUndefined();
    expect(page.status).toBe(400);
  });
});

async function machineToken(headers: Record<string, string> = {}) {
  const form = { grant_type: "client_credentials", audience: AUDIENCE };
  const answer = await post(`${issuer}/oauth2/token`, form, { ...basic("jobs", JOBS_SECRET), ...headers });
  return { ...answer, jwt: String(answer.body.access_token) };
}

async function boundMachineToken() {
  const nonce = await dpopNonce(issuer, key);
  return await machineToken({ dpop: await key.proof(`${issuer}/oauth2/token`, { nonce }) });
}

const asJobs = (path: string, token: string) =>
  post(`${issuer}/oauth2/${path}`, { token }, basic("jobs", JOBS_SECRET));

describe("a token in an application's own name", () => {
  test("can be bound to a key, which introspection says", async () => {
    const { status, body, jwt } = await boundMachineToken();
    expect(status).toBe(200);
    expect(body.token_type).toBe("DPoP");
    expect(claimsOf(jwt)).toMatchObject({ sub: "jobs", cnf: { jkt: key.jkt } });
    const { body: seen } = await asJobs("introspect", jwt);
    expect(seen).toMatchObject({ active: true, token_type: "DPoP", cnf: { jkt: key.jkt } });
  });

  test("needs the nonce and the secret as well as the proof", async () => {
    const dpop = await key.proof(`${issuer}/oauth2/token`);
    expect((await machineToken({ dpop })).body.error).toBe("use_dpop_nonce");
    const nonce = await dpopNonce(issuer, key);
    const form = { grant_type: "client_credentials", client_id: "jobs" };
    const proof = { dpop: await key.proof(`${issuer}/oauth2/token`, { nonce }) };
    expect((await post(`${issuer}/oauth2/token`, form, proof)).status).toBe(401);
  });

  test("opens no profile, bound or not", async () => {
    const address = `${issuer}/oauth2/userinfo`;
    const bound = (await boundMachineToken()).jwt;
    const dpop = await key.proof(address, { method: "GET", accessToken: bound });
    const refused = await fetch(address, { headers: { authorization: `DPoP ${bound}`, dpop } });
    expect(refused.status).toBe(403);
    expect(refused.headers.get("www-authenticate")).toMatch(/^DPoP .*error="insufficient_scope"/);
    const { jwt } = await machineToken();
    const bare = await fetch(address, { headers: { authorization: `Bearer ${jwt}` } });
    expect(bare.status).toBe(403);
    expect(bare.headers.get("www-authenticate")).toMatch(/^Bearer .*error="insufficient_scope"/);
  });

  test.each(["a bearer token", "bound to a key"])("is not active once it is revoked: %s", async (kind) => {
    const { jwt } = kind === "a bearer token" ? await machineToken() : await boundMachineToken();
    const { jwt: other } = await machineToken();
    expect((await asJobs("introspect", jwt)).body).toMatchObject({ active: true, sub: "jobs" });
    expect((await asJobs("revoke", jwt)).status).toBe(200);
    expect((await asJobs("introspect", jwt)).body).toEqual({ active: false });
    expect((await asJobs("introspect", other)).body).toMatchObject({ active: true });
  });

  test("is nothing to another application, which can neither look at it nor revoke it", async () => {
    const { jwt } = await machineToken();
    for (const [form, headers] of [
      [{ token: jwt }, basic("server", SERVER_SECRET)],
      [{ token: jwt, client_id: CLIENT_ID }, {}],
    ] as const) {
      expect((await post(`${issuer}/oauth2/introspect`, { ...form }, { ...headers })).body).toEqual({
        active: false,
      });
      expect((await post(`${issuer}/oauth2/revoke`, { ...form }, { ...headers })).status).toBe(200);
    }
    const unproved = { token: jwt, client_id: "jobs" };
    expect((await post(`${issuer}/oauth2/revoke`, unproved)).status).toBe(401);
    expect((await post(`${issuer}/oauth2/introspect`, unproved)).status).toBe(401);
    expect((await asJobs("introspect", jwt)).body).toMatchObject({ active: true });
  });
});
