import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { listEvents } from "../audit/audit-log.ts";
import { type OpenDatabase, openDatabase } from "../database/index.ts";
import { registerUser } from "../directory/index.ts";
import { authenticate } from "./authenticate.ts";
import { createPasswordHasher, type PasswordHasher } from "./password-hasher.ts";
import { sourceOf } from "./source.ts";

const passwords = createPasswordHasher({ memory: 64, passes: 1 });
const password = "a ship in harbour is safe";
const email = "grace@example.com";
const home = "192.0.2.1";
const elsewhere = "198.51.100.7";
const HOUR = 3_600_000;

let db: OpenDatabase;

beforeEach(async () => {
  db = await openDatabase({ file: ":memory:" });
  await register(db);
  return async () => db.close();
});

const register = (database: OpenDatabase) =>
  registerUser(database, passwords, {
    email,
    password,
    givenName: "Grace",
    familyName: "Hopper",
    remoteAddress: home,
    now: 0,
  });

const attempt = (input: Partial<Parameters<typeof authenticate>[2]> = {}) =>
  authenticate(db, passwords, { email, password, remoteAddress: home, now: 1, ...input });

async function fail(times: number, input: Partial<Parameters<typeof authenticate>[2]> = {}) {
  for (let n = 0; n < times; n += 1) await attempt({ password: "wrong", ...input });
}

describe("signing in", () => {
  test("works with any spelling of the address", async () => {
    expect(await attempt({ email: " GRACE@Example.com" })).toMatchObject({ ok: true, user: { email } });
  });

  test.each([
    ["a wrong password", { password: "wrong" }],
    ["no password", { password: "" }],
    ["an address that nobody has", { email: "nobody@example.com" }],
    ["something that is no address", { email: "\u0000' or 1=1 --" }],
    ["a password of a megabyte", { password: "x".repeat(1_000_000) }],
  ])("with %s gives one answer", async (_, input) => {
    expect(await attempt(input)).toEqual({ ok: false, reason: "wrong_credentials" });
  });

  test("hashes once, whether the address has an account or not", async () => {
    const verified: boolean[] = [];
    const counting: PasswordHasher = {
      ...passwords,
      verify(given, stored) {
        verified.push(stored !== undefined);
        return passwords.verify(given, stored);
      },
    };
    const wrong = { email, password: "wrong", remoteAddress: home, now: 1 };
    await authenticate(db, counting, wrong);
    await authenticate(db, counting, { ...wrong, email: "nobody@example.com" });
    await authenticate(db, counting, { ...wrong, password: "x".repeat(1_000_000) });
    expect(verified).toEqual([true, false, false]);
  });

  test("renews a hash of old parameters, so that it no longer is one", async () => {
    const newer = createPasswordHasher({ memory: 128, passes: 1 });
    const input = { email, password, remoteAddress: home, now: 1 };
    expect(await authenticate(db, newer, input)).toMatchObject({ ok: true });
    const { hash } = await db.selectFrom("passwords").select("hash").executeTakeFirstOrThrow();
    expect(hash).toContain("m=128,");
    expect(await authenticate(db, newer, input)).toMatchObject({ ok: true });
  });

  test("says busy when too many are waiting, and counts no failure for it", async () => {
    const narrow = createPasswordHasher({ memory: 64, passes: 1, concurrency: 1, queueLimit: 0 });
    const occupied = narrow.hash("something");
    const answer = await authenticate(db, narrow, { email, password, remoteAddress: elsewhere, now: 1 });
    await occupied;
    expect(answer).toEqual({ ok: false, reason: "busy", retryAfter: 2 });
    const rows = await db.selectFrom("throttle").select("failures").execute();
    expect(rows.filter(({ failures }) => failures > 0)).toHaveLength(1); // the registration
  });
});

test("what was tried stands in the audit log, and no password with it", async () => {
  const context = { clientId: "bookstore-web", correlationId: "c1" };
  await attempt({ context, now: 5 });
  await attempt({ context, now: 6, password: "a wrong one entirely" });
  await attempt({ context, now: 7, email: "nobody@example.com" });
  const events = await listEvents(db);
  const failed = {
    type: "sign_in",
    outcome: "failed",
    source: home,
    detail: { reason: "wrong_credentials" },
  };
  expect(events).toMatchObject([
    { ...failed, ...context, actorId: null },
    { ...failed, ...context, actorId: expect.stringMatching(/^kp_/) },
    { type: "sign_in", outcome: "ok", ...context, actorId: expect.stringMatching(/^kp_/) },
    { type: "registration", outcome: "ok", source: home },
  ]);
  expect(JSON.stringify(events)).not.toMatch(/wrong one|harbour|example\.com/);
});

test("guesses that were not even tried do not fill the audit log", async () => {
  await fail(50);
  expect(await listEvents(db)).toHaveLength(11);
});

describe("guessing", () => {
  test("is slowed after ten failures, the right password included, and twice as long after each further one", async () => {
    await fail(10);
    expect(await attempt()).toEqual({ ok: false, reason: "throttled", retryAfter: 30 });
    await fail(1, { now: 31_000 });
    expect(await attempt({ now: 32_000 })).toEqual({ ok: false, reason: "throttled", retryAfter: 59 });
    expect(await attempt({ now: 92_000 })).toMatchObject({ ok: true });
  });

  test("starts from nothing after a success", async () => {
    await fail(9);
    await attempt();
    await fail(9);
    expect(await attempt()).toMatchObject({ ok: true });
  });

  test("is counted before it is answered: a hundred at once are no way around", async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => attempt({ password: "wrong" })));
    expect(answers.filter((answer) => !answer.ok && answer.reason === "wrong_credentials")).toHaveLength(10);
  });

  test("looks the same for an address that nobody has", async () => {
    const strangers = { email: "nobody@example.com", remoteAddress: elsewhere };
    await fail(10, strangers);
    const nobody = await attempt(strangers);
    await fail(10, { remoteAddress: "203.0.113.9" });
    expect(await attempt({ remoteAddress: "203.0.113.9" })).toEqual(nobody);
  });

  test("from many sources is slowed for the account, yet never for a source it signs in from", async () => {
    for (let n = 0; n < 20; n += 1) await fail(1, { remoteAddress: `203.0.113.${n}` });
    expect(await attempt({ remoteAddress: elsewhere })).toMatchObject({ ok: false, reason: "throttled" });
    expect(await attempt({ remoteAddress: home })).toMatchObject({ ok: true });
    expect(await attempt({ remoteAddress: elsewhere })).toMatchObject({ ok: true });
  });

  test("is held to one try a day after a hundred failures in a row, and locks nobody out for good", async () => {
    let now = 1;
    for (let n = 0; n < 100; n += 1) {
      await fail(1, { remoteAddress: `203.0.113.${n}`, now });
      now += HOUR + 1;
    }
    expect(await attempt({ remoteAddress: elsewhere, now })).toMatchObject({ reason: "throttled" });
    expect(await attempt({ remoteAddress: elsewhere, now: now + 24 * HOUR })).toMatchObject({ ok: true });
  });

  test("from one source at many accounts is slowed for the source", async () => {
    for (let n = 0; n < 100; n += 1) await fail(1, { email: `u${n}@example.com`, remoteAddress: elsewhere });
    expect(await attempt({ remoteAddress: elsewhere })).toMatchObject({ reason: "throttled" });
    expect(await attempt({ remoteAddress: home })).toMatchObject({ ok: true });
  });

  test("is not forgiven by a restart", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "hallpass-throttle-")), "hallpass.db");
    db = await openDatabase({ file });
    await register(db);
    await fail(10);
    await db.close();
    db = await openDatabase({ file });
    expect(await attempt()).toMatchObject({ reason: "throttled" });
  });

  test("leaves no address and no name in the counters", async () => {
    await fail(3);
    const dump = JSON.stringify(await db.selectFrom("throttle").selectAll().execute());
    expect(dump).not.toContain("grace");
    expect(dump).not.toContain(home);
  });

  test("is forgotten in time, and its rows with it", async () => {
    await fail(3);
    await attempt({ email: "other@example.com", now: 31 * 24 * HOUR });
    expect(await db.selectFrom("throttle").selectAll().execute()).toHaveLength(3);
  });
});

describe("a source", () => {
  test.each([
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0DB8:0001:0002::1", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["", "unknown"],
    ["nonsense", "unknown"],
  ])("of %j is %s", (address, source) => {
    expect(sourceOf(address)).toBe(source);
  });
});
