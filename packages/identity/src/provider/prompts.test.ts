import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Browser } from "../../test/browser.ts";
import {
  arrived,
  authorizationRequest,
  CONTROL_SECRET,
  claimsOf,
  exchange,
  PASSWORD,
  type RunningIdentity,
  refresh,
  signIn,
  startIdentity,
  tokensFor,
} from "../../test/identity.ts";
import { type OpenDatabase, openDatabase } from "../database/index.ts";

const ACR = "urn:hallpass:acr:password";
const ADA = { email: "ada@example.com", password: PASSWORD };
const BOB = { email: "bob@example.com", password: PASSWORD };

let folder: string;
let running: RunningIdentity;
let issuer: string;
let db: OpenDatabase;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "identity-prompts-"));
  running = await startIdentity({ dataDir: folder, control: { secret: CONTROL_SECRET } });
  issuer = running.issuer;
  db = await openDatabase({ file: join(folder, "hallpass.sqlite") });
});
afterAll(async () => {
  await db.close();
  await running.identity.close();
  await rm(folder, { recursive: true });
});

/** Where a request leads at once, as parameters; `undefined` if it leads to a page. */
async function answerTo(parameters: Record<string, string>, browser: Browser = running.browser()) {
  const request = authorizationRequest(issuer, parameters);
  const page = await browser.open(request.url);
  return page.leftFor && Object.fromEntries(page.leftFor.searchParams);
}

async function signedIn() {
  const browser = running.browser();
  const { body } = await tokensFor(running, {}, browser);
  return { browser, tokens: body };
}

/** Puts the sign-in of all sessions into the past, by this many seconds. */
async function age(seconds: number): Promise<void> {
  const sessions = await db
    .selectFrom("provider_entities")
    .selectAll()
    .where("model", "=", "Session")
    .execute();
  for (const { id_hash, payload } of sessions) {
    const session = JSON.parse(payload);
    if (session.loginTs === undefined) continue;
    await db
      .updateTable("provider_entities")
      .set({ payload: JSON.stringify({ ...session, loginTs: session.loginTs - seconds }) })
      .where("id_hash", "=", id_hash)
      .execute();
  }
}

describe("prompt", () => {
  test.each(["none login", "none create", "none select_account", "login none", "none consent", "forever"])(
    "%s is invalid_request, at the application",
    async (prompt) => {
      const { browser } = await signedIn();
      expect(await answerTo({ prompt }, browser)).toMatchObject({ error: "invalid_request", iss: issuer });
    },
  );

  test("login signs in anew, and says when", async () => {
    const { browser } = await signedIn();
    await age(100);
    const request = authorizationRequest(issuer, { prompt: "login" });
    const { body } = await exchange(issuer, request, await signIn(browser, request));
    expect(Number(claimsOf(body.id_token).auth_time)).toBeGreaterThan(Date.now() / 1000 - 60);
  });
});

describe("max_age", () => {
  test("asks again for whoever signed in longer ago, and nobody else", async () => {
    const { browser } = await signedIn();
    await age(100);
    expect(await answerTo({ max_age: "1000" }, browser)).toHaveProperty("code");
    expect(await answerTo({ max_age: "50", prompt: "none" }, browser)).toMatchObject({
      error: "login_required",
    });
    const request = authorizationRequest(issuer, { max_age: "50" });
    expect((await browser.open(request.url)).html).toContain("Sign in");
    const { body } = await exchange(issuer, request, await signIn(browser, request));
    expect(Number(claimsOf(body.id_token).auth_time)).toBeGreaterThan(Date.now() / 1000 - 60);
  });

  test("0 always asks again", async () => {
    const { browser } = await signedIn();
    expect(await answerTo({ max_age: "0" }, browser)).toBeUndefined();
    expect(await answerTo({ max_age: "0", prompt: "none" }, browser)).toMatchObject({
      error: "login_required",
    });
  });

  test.each(["-1", "soon", "1.5", "1e400"])("%s is invalid_request", async (max_age) => {
    expect(await answerTo({ max_age })).toMatchObject({ error: "invalid_request" });
  });
});

describe("how and when somebody signed in", () => {
  test("stands in both tokens, and stays the same over a refresh", async () => {
    const { tokens } = await signedIn();
    const renewed = await refresh(issuer, tokens.refresh_token);
    const { auth_time, sid } = claimsOf(tokens.id_token);
    for (const jwt of [
      tokens.id_token,
      tokens.access_token,
      renewed.body.id_token,
      renewed.body.access_token,
    ]) {
      expect(claimsOf(jwt)).toMatchObject({ acr: ACR, amr: ["pwd"], auth_time, sid });
    }
    expect(auth_time).toEqual(expect.any(Number));
    expect(sid).toEqual(expect.any(String));
  });

  test.each([ACR, "urn:example:gold", `urn:example:gold ${ACR}`])(
    "acr_values=%s changes nothing about what is true",
    async (acr_values) => {
      const { body } = await tokensFor(running, { acr_values });
      expect(claimsOf(body.id_token).acr).toBe(ACR);
    },
  );

  test("is what discovery promises", async () => {
    const response = await fetch(`${issuer}/.well-known/openid-configuration`);
    const document = (await response.json()) as Record<string, unknown>;
    expect(document.acr_values_supported).toEqual([ACR]);
    expect(document.claims_supported).toEqual(expect.arrayContaining(["acr", "amr", "auth_time", "sid"]));
  });
});

describe("id_token_hint", () => {
  const of = async (email: string) => (await tokensFor(running, {}, running.browser(), email)).body.id_token;

  test("of whoever is signed in goes on without a question", async () => {
    const { browser, tokens } = await signedIn();
    const answer = await answerTo({ prompt: "none", id_token_hint: tokens.id_token }, browser);
    expect(answer).toHaveProperty("code");
  });

  test("of somebody else is login_required without a page, and the sign-in page with one", async () => {
    const { browser } = await signedIn();
    const id_token_hint = await of("bob@example.com");
    expect(await answerTo({ prompt: "none", id_token_hint }, browser)).toMatchObject({
      error: "login_required",
      iss: issuer,
    });
    const request = authorizationRequest(issuer, { id_token_hint });
    const callback = await signIn(browser, request, BOB);
    expect(callback.searchParams.has("code")).toBe(true);
  });

  test("tells the application when somebody else signed in after all", async () => {
    const request = authorizationRequest(issuer, { id_token_hint: await of("bob@example.com") });
    const callback = await signIn(running.browser(), request, ADA);
    expect(Object.fromEntries(callback.searchParams)).toMatchObject({
      error: "login_required",
      state: request.state,
      iss: issuer,
    });
  });

  test("may have expired", async () => {
    const { browser } = await signedIn();
    const control = (clockOffset: number | null) =>
      fetch(`${issuer}/_hallpass/control`, {
        method: "POST",
        headers: { "content-type": "application/json", "hallpass-control": CONTROL_SECRET },
        body: JSON.stringify({ clockOffset }),
      });
    await control(-86_400);
    const id_token_hint = await of("ada@example.com");
    await control(null);
    expect(Number(claimsOf(id_token_hint).exp)).toBeLessThan(Date.now() / 1000);
    expect(await answerTo({ prompt: "none", id_token_hint }, browser)).toHaveProperty("code");
  });

  test("that is forged, or another application's, is an error", async () => {
    const { browser, tokens } = await signedIn();
    const [head, , signature] = tokens.id_token.split(".");
    const claims = { ...claimsOf(tokens.id_token), sub: "kp_other" };
    const forged = `${head}.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.${signature}`;
    for (const id_token_hint of [forged, "nonsense", tokens.access_token]) {
      expect(await answerTo({ prompt: "none", id_token_hint }, browser)).toMatchObject({
        error: "invalid_request",
      });
    }
    const other = { client_id: "other-web", redirect_uri: "http://localhost:4309/callback" };
    expect(await answerTo({ ...other, id_token_hint: tokens.id_token }, browser)).toMatchObject({
      error: "invalid_request",
    });
  });
});

test.each(["username:joe", "phone:+447700900000:gb", "email:ada@example.com", "x".repeat(1000)])(
  "a login hint of another kind (%s) leaves the form empty",
  async (login_hint) => {
    const page = await running.browser().open(authorizationRequest(issuer, { login_hint }).url);
    expect(page.status).toBe(200);
    expect(page.html).toMatch(/<input id="email"[^>]*value=""/);
  },
);

test.each(["en", "fr-CA fr en", "tlh", "'><b>", ""])("ui_locales=%s does no harm", async (ui_locales) => {
  const page = await running.browser().open(authorizationRequest(issuer, { ui_locales }).url);
  expect(page.html).toContain("Sign in");
  expect(page.html).not.toContain("'><b>");
});

test("every answer names its issuer (RFC 9207), and discovery says so", async () => {
  const { browser } = await signedIn();
  for (const parameters of [
    { prompt: "none" },
    { scope: "openid", response_type: "token" },
    { prompt: "x" },
  ]) {
    const request = authorizationRequest(issuer, parameters);
    const { search, hash } = arrived(await browser.open(request.url));
    expect(new URLSearchParams(search || hash.slice(1)).get("iss")).toBe(issuer);
  }
  const response = await fetch(`${issuer}/.well-known/openid-configuration`);
  expect(await response.json()).toMatchObject({ authorization_response_iss_parameter_supported: true });
});

test.each(["request", "request_uri", "registration"])("%s is not taken", async (name) => {
  const values = {
    request: "eyJhbGciOiJub25lIn0.e30.",
    request_uri: "https://evil.example/r",
    registration: "{}",
  };
  const page = await running
    .browser()
    .open(authorizationRequest(issuer, { [name]: values[name as keyof typeof values] }).url);
  const error = page.leftFor?.searchParams.get("error") ?? page.html;
  expect(error).toContain(`${name}_not_supported`);
});
