import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  authorizationRequest,
  claimsOf,
  exchange,
  type RunningIdentity,
  refresh,
  signIn,
  startIdentity,
  tokensFor,
} from "../../test/identity.ts";
import { listEvents } from "../audit/audit-log.ts";
import { type OpenDatabase, openDatabase } from "../database/index.ts";
import { idHash } from "./entity-store.ts";

let running: RunningIdentity;
let issuer: string;
let folder: string;
let db: OpenDatabase;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "identity-rotation-"));
  running = await startIdentity({ dataDir: folder });
  issuer = running.issuer;
  db = await openDatabase({ file: join(folder, "hallpass.sqlite") });
});
afterAll(async () => {
  await db.close();
  await running.identity.close();
  await rm(folder, { recursive: true });
});

/** Lets time pass for one spent refresh token. */
async function spentAgo(token: string, milliseconds: number, more: { successor_answer?: null } = {}) {
  await db
    .updateTable("provider_entities")
    .set({ consumed_at: Date.now() - milliseconds, ...more })
    .where("id_hash", "=", idHash(token))
    .execute();
}

describe("an authorization code", () => {
  test("is spent once; a replay takes back what it gave", async () => {
    const request = authorizationRequest(issuer);
    const callback = await signIn(running.browser(), request);
    const first = await exchange(issuer, request, callback);
    expect(first.status).toBe(200);
    const replay = await exchange(issuer, request, callback);
    expect(replay.status).toBe(400);
    expect(replay.body).toMatchObject({
      error: "invalid_grant",
      error_description: "authorization code already consumed",
    });
    expect((await refresh(issuer, first.body.refresh_token)).body.error).toBe("invalid_grant");
  });

  test("lives for a minute", async () => {
    const request = authorizationRequest(issuer);
    const callback = await signIn(running.browser(), request);
    const code = callback.searchParams.get("code") ?? "";
    const row = await db
      .selectFrom("provider_entities")
      .select(["expires_at", "payload"])
      .where("id_hash", "=", idHash(code))
      .executeTakeFirstOrThrow();
    expect(row.expires_at - Date.now()).toBeLessThanOrEqual(60_000);
    const payload = { ...JSON.parse(row.payload), exp: Math.floor(Date.now() / 1000) - 1 };
    await db
      .updateTable("provider_entities")
      .set({ payload: JSON.stringify(payload) })
      .where("id_hash", "=", idHash(code))
      .execute();
    const late = await exchange(issuer, request, callback);
    expect(late.body).toMatchObject({
      error: "invalid_grant",
      error_description: "authorization code is expired",
    });
  });
});

describe("a refresh token", () => {
  test("is replaced at each use, with a fresh access token", async () => {
    const { body } = await tokensFor(running);
    const renewed = await refresh(issuer, body.refresh_token);
    expect(renewed.body.refresh_token).not.toBe(body.refresh_token);
    expect(claimsOf(renewed.body.access_token).jti).not.toBe(claimsOf(body.access_token).jti);
    expect(claimsOf(renewed.body.id_token).sub).toBe(claimsOf(body.id_token).sub);
  });

  test("presented by two tabs at once gives both the same successor", async () => {
    const { body } = await tokensFor(running);
    const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(issuer, body.refresh_token)));
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(new Set(answers.map((answer) => answer.body.refresh_token)).size).toBe(1);
    const [answer] = answers;
    expect((await refresh(issuer, answer?.body.refresh_token)).status).toBe(200);
  });

  test("gives the same answer again after nine seconds, with what is left of its life", async () => {
    const { body } = await tokensFor(running);
    const renewed = await refresh(issuer, body.refresh_token);
    await spentAgo(body.refresh_token, 9_000);
    const again = await refresh(issuer, body.refresh_token);
    expect(again.status).toBe(200);
    expect(again.body.refresh_token).toBe(renewed.body.refresh_token);
    expect(again.body.expires_in).toBeLessThanOrEqual(renewed.body.expires_in);
  });

  test("presented after ten seconds counts as stolen: the whole grant ends", async () => {
    const { body } = await tokensFor(running);
    const renewed = await refresh(issuer, body.refresh_token);
    await spentAgo(body.refresh_token, 10_500);
    expect((await refresh(issuer, body.refresh_token)).body.error).toBe("invalid_grant");
    expect((await refresh(issuer, renewed.body.refresh_token)).body.error).toBe("invalid_grant");
    const profile = await fetch(`${issuer}/oauth2/userinfo`, {
      headers: { authorization: `Bearer ${renewed.body.access_token}` },
    });
    expect(profile.status).toBe(401);
    const [event] = await listEvents(db, { limit: 1 });
    expect(event).toMatchObject({ type: "refresh_token_reused", actorId: claimsOf(body.id_token).sub });
  });

  test("presented once its successor has been used counts as stolen, even within ten seconds", async () => {
    const { body } = await tokensFor(running);
    const renewed = await refresh(issuer, body.refresh_token);
    const third = await refresh(issuer, renewed.body.refresh_token);
    expect((await refresh(issuer, body.refresh_token)).body.error).toBe("invalid_grant");
    expect((await refresh(issuer, third.body.refresh_token)).body.error).toBe("invalid_grant");
  });

  test("is nobody else's", async () => {
    const { body } = await tokensFor(running);
    const headers = { origin: "http://localhost:4309" };
    const foreign = await refresh(issuer, body.refresh_token, { client_id: "other-web" }, { headers });
    expect(foreign.body).toMatchObject({ error: "invalid_grant", error_description: "client mismatch" });
    await refresh(issuer, body.refresh_token);
    const withinGrace = await refresh(issuer, body.refresh_token, { client_id: "other-web" }, { headers });
    expect(withinGrace.body.error).toBe("invalid_grant");
    expect(withinGrace.body.access_token).toBeUndefined();
  });

  test("claimed by a process that died can be used again after a few seconds", async () => {
    const { body } = await tokensFor(running);
    await spentAgo(body.refresh_token, 5_500);
    const answer = await refresh(issuer, body.refresh_token);
    expect(answer.status).toBe(200);
    expect(answer.body.refresh_token).not.toBe(body.refresh_token);
  });

  test("claimed a moment ago and not answered yet makes the second caller wait for the answer", async () => {
    const { body } = await tokensFor(running);
    const renewed = await refresh(issuer, body.refresh_token);
    const kept = await db
      .selectFrom("provider_entities")
      .select("successor_answer")
      .where("id_hash", "=", idHash(body.refresh_token))
      .executeTakeFirstOrThrow();
    await spentAgo(body.refresh_token, 100, { successor_answer: null });
    const waiting = refresh(issuer, body.refresh_token);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await db
      .updateTable("provider_entities")
      .set({ successor_answer: kept.successor_answer })
      .where("id_hash", "=", idHash(body.refresh_token))
      .execute();
    expect((await waiting).body.refresh_token).toBe(renewed.body.refresh_token);
  });

  test("ends 90 days after the sign-in, however often it was replaced", async () => {
    const { body } = await tokensFor(running);
    const row = await db
      .selectFrom("provider_entities")
      .select("payload")
      .where("id_hash", "=", idHash(body.refresh_token))
      .executeTakeFirstOrThrow();
    const longAgo = Math.floor(Date.now() / 1000) - 89 * 86_400;
    await db
      .updateTable("provider_entities")
      .set({ payload: JSON.stringify({ ...JSON.parse(row.payload), iiat: longAgo }) })
      .where("id_hash", "=", idHash(body.refresh_token))
      .execute();
    const renewed = await refresh(issuer, body.refresh_token);
    const successor = await db
      .selectFrom("provider_entities")
      .select("expires_at")
      .where("id_hash", "=", idHash(renewed.body.refresh_token))
      .executeTakeFirstOrThrow();
    expect(successor.expires_at - Date.now()).toBeLessThanOrEqual(86_400_000);
  });
});

describe("the database", () => {
  test("holds no code, refresh token, session id or successor in the clear", async () => {
    const browser = running.browser();
    const request = authorizationRequest(issuer);
    const callback = await signIn(browser, request);
    const first = await exchange(issuer, request, callback);
    const second = await refresh(issuer, first.body.refresh_token);
    const underWay = await browser.open(authorizationRequest(issuer, { prompt: "login" }).url);
    const secrets = [
      new URL(underWay.url).pathname.split("/")[2] ?? "",
      callback.searchParams.get("code") ?? "",
      first.body.refresh_token,
      second.body.refresh_token,
      second.body.access_token,
      ...browser.cookiesFor(`${issuer}/oauth2/auth`).values(),
    ];
    expect(secrets.length).toBeGreaterThan(5);
    const rows = await db.selectFrom("provider_entities").selectAll().execute();
    const text = JSON.stringify(rows);
    for (const secret of secrets) expect(text).not.toContain(secret);
  });
});
