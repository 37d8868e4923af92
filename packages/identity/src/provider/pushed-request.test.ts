import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  AUDIENCE,
  type AuthorizationRequest,
  arrived,
  authorizationRequest,
  CLIENT_ID,
  claimsOf,
  exchange,
  ORIGIN,
  OTHER_AUDIENCE,
  PASSWORD,
  REDIRECT_URI,
  type RunningIdentity,
  signIn,
  startIdentity,
} from "../../test/identity.ts";
import { type OpenDatabase, openDatabase } from "../database/index.ts";
import { removeExpired } from "./entity-store.ts";

let folder: string;
let running: RunningIdentity;
let issuer: string;
let db: OpenDatabase;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "identity-par-"));
  running = await startIdentity({ dataDir: folder });
  issuer = running.issuer;
  db = await openDatabase({ file: join(folder, "hallpass.sqlite") });
});
afterAll(async () => {
  await db.close();
  await running.identity.close();
  await rm(folder, { recursive: true });
});

interface Pushed extends AuthorizationRequest {
  status: number;
  body: { request_uri: string; expires_in: number; error?: string };
  headers: Headers;
  /** The request as the browser is sent with it. */
  reference: string;
}

async function push(
  parameters: Record<string, string | string[] | undefined> = {},
  more: Record<string, string> = {},
): Promise<Pushed> {
  const request = authorizationRequest(issuer, parameters);
  const form = new URL(request.url).searchParams;
  for (const [name, value] of Object.entries(more)) form.append(name, value);
  const response = await fetch(`${issuer}/oauth2/par`, {
    method: "POST",
    headers: { origin: ORIGIN },
    body: form,
  });
  const body = (await response.json()) as Pushed["body"];
  const { status, headers } = response;
  return { ...request, status, headers, body, reference: referenceTo(body.request_uri) };
}

function referenceTo(requestUri: string, more: Record<string, string> = {}): string {
  return `${issuer}/oauth2/auth?${new URLSearchParams({ client_id: CLIENT_ID, request_uri: requestUri, ...more })}`;
}

/** Expects a page, and says what is on it. */
async function problem(url: string, browser = running.browser()): Promise<string> {
  const page = await browser.open(url);
  expect(page.leftFor?.href).toBeUndefined();
  expect(page.status).toBe(400);
  return page.html;
}

describe("a pushed request", () => {
  test("is the same request, whichever way the audience and scope are written", async () => {
    const pushed = await push({
      audience: [AUDIENCE, OTHER_AUDIENCE],
      scope: "openid offline_access",
      redirect_uri: ORIGIN,
      org_code: "org_library",
    });
    expect(pushed.status).toBe(201);
    expect(pushed.body).toEqual({
      request_uri: expect.stringMatching(/^urn:ietf:params:oauth:request_uri:[\w-]{20,}$/),
      expires_in: 60,
    });
    expect(pushed.headers.get("access-control-allow-origin")).toBe(ORIGIN);
    const callback = await signIn(running.browser(), { ...pushed, url: pushed.reference });
    expect(callback.searchParams.get("state")).toBe(pushed.state);
    const { body } = await exchange(issuer, pushed, callback, { redirect_uri: ORIGIN });
    expect(claimsOf(body.access_token)).toMatchObject({
      aud: [AUDIENCE, OTHER_AUDIENCE],
      org_code: "org_library",
    });
    expect(body.refresh_token).toEqual(expect.any(String));
    expect(claimsOf(body.id_token).nonce).toBe(pushed.nonce);
  });

  test("cannot be changed by what stands beside its reference", async () => {
    const pushed = await push();
    const url = referenceTo(pushed.body.request_uri, {
      redirect_uri: "http://localhost:4302",
      scope: "openid offline",
      state: "another",
      prompt: "none",
      audience: OTHER_AUDIENCE,
    });
    const callback = await signIn(running.browser(), { ...pushed, url });
    expect(callback.href.startsWith(REDIRECT_URI)).toBe(true);
    expect(callback.searchParams.get("state")).toBe(pushed.state);
    const { body } = await exchange(issuer, pushed, callback);
    expect(claimsOf(body.access_token).aud).toEqual([AUDIENCE]);
  });

  test.each([
    ["an unknown redirect URI", { redirect_uri: "https://evil.example/" }, "invalid_request"],
    ["an unknown audience", { audience: "https://typo.example" }, "invalid_target"],
    ["no PKCE", { code_challenge: undefined, code_challenge_method: undefined }, "invalid_request"],
    ["a prompt that contradicts itself", { prompt: "none login" }, "invalid_request"],
    ["a request object", { request: "eyJhbGciOiJub25lIn0.e30." }, "request_not_supported"],
    ["another reference", { request_uri: "urn:ietf:params:oauth:request_uri:x" }, "invalid_request"],
    ["an unknown application", { client_id: "nobody" }, "invalid_client"],
    ["a parameter twice", { state: ["one", "two"] }, "invalid_request"],
  ])("with %s is refused before any browser is involved", async (_title, parameters, error) => {
    const { status, body } = await push(parameters);
    expect(status).toBe(error === "invalid_client" ? 401 : 400);
    expect(body.error).toBe(error);
    expect(body.request_uri).toBeUndefined();
  });
});

describe("the reference to a pushed request", () => {
  test("is good for one code", async () => {
    const pushed = await push();
    const [one, two] = [running.browser(), running.browser()];
    const [first, second] = [await one.open(pushed.reference), await two.open(pushed.reference)];
    const credentials = { email: "ada@example.com", password: PASSWORD };
    expect(arrived(await one.submit(first, credentials)).searchParams.has("code")).toBe(true);
    const late = await two.submit(second, credentials);
    expect(late.leftFor?.searchParams.get("code") ?? null).toBeNull();
    expect(await problem(pushed.reference, one)).toContain("invalid_request_uri");
  });

  test("stays used up when the sign-in took longer than its life", async () => {
    const pushed = await push();
    const [one, two] = [running.browser(), running.browser()];
    const [first, second] = [await one.open(pushed.reference), await two.open(pushed.reference)];
    await db
      .updateTable("provider_entities")
      .set({ expires_at: Date.now() - 1000 })
      .where("model", "=", "PushedAuthorizationRequest")
      .execute();
    await removeExpired(db);
    const credentials = { email: "ada@example.com", password: PASSWORD };
    expect(arrived(await one.submit(first, credentials)).searchParams.has("code")).toBe(true);
    const late = await two.submit(second, credentials);
    expect(late.leftFor?.searchParams.get("code") ?? null).toBeNull();
  });

  test("is for the application that pushed it", async () => {
    const pushed = await push();
    const url = referenceTo(pushed.body.request_uri, { client_id: "other-web" });
    await problem(url);
    await problem(`${issuer}/oauth2/auth?client_id=other-web&request_uri=${pushed.body.request_uri}`);
  });

  test.each([
    "urn:ietf:params:oauth:request_uri:unknown",
    "urn:ietf:params:oauth:request_uri:",
    "https://evil.example/request",
    "",
  ])("%s leads to a page and never to an address that stands beside it", async (requestUri) => {
    await problem(referenceTo(requestUri, { redirect_uri: REDIRECT_URI, response_type: "code", state: "s" }));
  });

  test("ends after a minute", async () => {
    const pushed = await push();
    const [row] = await db
      .selectFrom("provider_entities")
      .selectAll()
      .where("model", "=", "PushedAuthorizationRequest")
      .where("consumed_at", "is", null)
      .orderBy("expires_at", "desc")
      .execute();
    const payload = JSON.parse(row?.payload ?? "");
    expect(payload.exp - Date.now() / 1000).toBeLessThanOrEqual(60);
    await db
      .updateTable("provider_entities")
      .set({ payload: JSON.stringify({ ...payload, exp: Math.floor(Date.now() / 1000) - 1 }) })
      .where("id_hash", "=", row?.id_hash ?? "")
      .execute();
    expect(await problem(pushed.reference)).toContain("invalid_request_uri");
  });
});

test("discovery names the endpoint", async () => {
  const response = await fetch(`${issuer}/.well-known/openid-configuration`);
  const document = (await response.json()) as Record<string, unknown>;
  expect(document.pushed_authorization_request_endpoint).toBe(`${issuer}/oauth2/par`);
  expect(document.require_pushed_authorization_requests ?? false).toBe(false);
  expect(document.request_parameter_supported).toBe(false);
});
