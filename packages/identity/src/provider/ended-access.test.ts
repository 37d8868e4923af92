import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Browser } from "../../test/browser.ts";
import {
  authorizationRequest,
  CLIENT_ID,
  exchange,
  ORIGIN,
  type RunningIdentity,
  refresh,
  signIn,
  startIdentity,
  tokensFor,
} from "../../test/identity.ts";
import { type OpenDatabase, openDatabase } from "../database/index.ts";

let folder: string;
let running: RunningIdentity;
let issuer: string;
let db: OpenDatabase;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "identity-ended-"));
  running = await startIdentity({ dataDir: folder });
  issuer = running.issuer;
  db = await openDatabase({ file: join(folder, "hallpass.sqlite") });
});
afterEach(async () => {
  await db.close();
  await running.identity.close();
  await rm(folder, { recursive: true });
});

async function userinfo(token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  return (await fetch(`${issuer}/oauth2/userinfo`, { headers })).status;
}

async function introspect(token: string) {
  const response = await fetch(`${issuer}/oauth2/introspect`, {
    method: "POST",
    body: new URLSearchParams({ token, client_id: CLIENT_ID }),
  });
  return await response.json();
}

async function silently(browser: Browser): Promise<string | null> {
  const page = await browser.open(authorizationRequest(issuer, { prompt: "none" }).url);
  return page.leftFor ? (page.leftFor.searchParams.get("error") ?? "code") : null;
}

describe("when a user is removed", () => {
  test("every token, code and session of theirs is refused, everywhere", async () => {
    const browser = running.browser();
    const { body } = await tokensFor(running, {}, browser);
    const request = authorizationRequest(issuer);
    const callback = await signIn(browser, request);
    await db.deleteFrom("users").where("email", "=", "ada@example.com").execute();

    expect(await userinfo(body.access_token)).toBe(401);
    expect(await introspect(body.access_token)).toEqual({ active: false });
    expect((await refresh(issuer, body.refresh_token)).body.error).toBe("invalid_grant");
    expect((await exchange(issuer, request, callback)).body.error).toBe("invalid_grant");
    expect(await silently(browser)).toBe("login_required");
  });
});

describe("when an application is removed", () => {
  test("its tokens are refused, and it gets no new ones", async () => {
    const browser = running.browser();
    const { body } = await tokensFor(running, {}, browser);
    const request = authorizationRequest(issuer);
    const callback = await signIn(browser, request);
    await db.deleteFrom("applications").where("client_id", "=", CLIENT_ID).execute();

    expect(await userinfo(body.access_token)).toBe(401);
    expect(await introspect(body.access_token)).toMatchObject({ error: "invalid_client" });
    expect((await refresh(issuer, body.refresh_token)).body.error).toBe("invalid_client");
    expect((await exchange(issuer, request, callback)).body.error).toBe("invalid_client");
    expect(await silently(browser)).toBeNull();
  });
});

describe("a session", () => {
  test("ends 90 days after the sign-in, however often it is used", async () => {
    const browser = running.browser();
    await signIn(browser, authorizationRequest(issuer));
    const age = async (seconds: number) => {
      const row = await db
        .selectFrom("provider_entities")
        .selectAll()
        .where("model", "=", "Session")
        .executeTakeFirstOrThrow();
      const session = JSON.parse(row.payload);
      await db
        .updateTable("provider_entities")
        .set({ payload: JSON.stringify({ ...session, loginTs: session.loginTs - seconds }) })
        .where("id_hash", "=", row.id_hash)
        .execute();
    };
    await age(89 * 86_400);
    expect(await silently(browser)).toBe("code");
    await age(2 * 86_400);
    expect(await silently(browser)).toBe("login_required");
    await signIn(browser, authorizationRequest(issuer));
    expect(await silently(browser)).toBe("code");
  });

  test("that nobody has used for as long as it lives is over", async () => {
    const browser = running.browser();
    await signIn(browser, authorizationRequest(issuer));
    const past = Math.floor(Date.now() / 1000) - 3600;
    const row = await db
      .selectFrom("provider_entities")
      .selectAll()
      .where("model", "=", "Session")
      .executeTakeFirstOrThrow();
    expect(row.expires_at).toBeLessThanOrEqual(Date.now() + 15 * 86_400_000);
    await db
      .updateTable("provider_entities")
      .set({ payload: JSON.stringify({ ...JSON.parse(row.payload), exp: past }), expires_at: past * 1000 })
      .where("id_hash", "=", row.id_hash)
      .execute();
    expect(await silently(browser)).toBe("login_required");
  });
});

describe("a code is bound", () => {
  test.each([
    [
      "to its application",
      { client_id: "other-web", redirect_uri: "http://localhost:4309/callback" },
      { headers: { origin: "http://localhost:4309" } },
    ],
    ["to the redirect URI it was sent to", { redirect_uri: ORIGIN }, {}],
    ["to the challenge", { code_verifier: "x".repeat(43) }, {}],
  ])("%s, and an attempt does not spend it", async (_title, form, init) => {
    const request = authorizationRequest(issuer);
    const callback = await signIn(running.browser(), request);
    const refused = await exchange(issuer, request, callback, form, init);
    expect(refused.body).toMatchObject({ error: "invalid_grant" });
    expect(refused.body.access_token).toBeUndefined();
    expect((await exchange(issuer, request, callback)).status).toBe(200);
  });
});
