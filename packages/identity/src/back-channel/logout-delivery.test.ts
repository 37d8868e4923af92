import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CONFIG, claimsOf } from "../../test/identity.ts";
import { type Receiver, startReceiver } from "../../test/receiver.ts";
import { listEvents } from "../audit/audit-log.ts";
import { type OpenDatabase, openDatabase } from "../database/index.ts";
import { openKeyRing } from "../provider/key-ring.ts";
import { applySettings, parseSettings } from "../settings/index.ts";
import { createLogoutDelivery, delayAfter, MOST_ATTEMPTS } from "./logout-delivery.ts";
import { queueLogouts } from "./logout-queue.ts";

const DAY = 86_400_000;

let folder: string;
let receiver: Receiver;
let open: { close(): Promise<void> }[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "identity-logout-"));
  receiver = await startReceiver();
  open = [];
});
afterEach(async () => {
  for (const each of open.reverse()) await each.close();
  await receiver[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** A process, as far as this is concerned: a connection of its own and what delivers. */
async function startProcess(options: { allowPrivate?: boolean; uri?: string } = {}) {
  const db: OpenDatabase = await openDatabase({ file: join(folder, "hallpass.sqlite") });
  const [first, ...others] = CONFIG.applications ?? [];
  const uri = options.uri ?? `${receiver.url}/logout`;
  const applications = [{ ...first, backchannelLogoutUri: uri }, ...others] as typeof CONFIG.applications;
  await applySettings(db, parseSettings({ ...CONFIG, applications }));
  const clock = { now: Date.now, offset: () => 0 };
  const keyRing = await openKeyRing({
    db,
    instanceSecret: undefined,
    algorithms: ["RS256"],
    rotateAfter: 90,
    hintLifetime: 3600,
    clock,
  });
  const delivery = createLogoutDelivery({
    issuer: "http://localhost:4300",
    db,
    keyRing,
    clock,
    allowPrivate: options.allowPrivate ?? true,
    onError: (error) => {
      throw error;
    },
  });
  const close = async () => {
    await delivery.close();
    await db.close();
  };
  open.push({ close });
  return { db, delivery };
}

const ended = (sid: string) => ({ clientId: "bookstore-web", userId: "kp_1", sid });
const waiting = async (db: OpenDatabase) =>
  (await db.selectFrom("logout_notices").selectAll().execute()).length;

describe("a notice", () => {
  test("that does not arrive is sent again, later each time, with a token of its own", async () => {
    const { db, delivery } = await startProcess();
    const start = Date.now();
    await queueLogouts(db, [ended("s1")], start);
    receiver.answer = () => (receiver.received.length < 3 ? 503 : 200);

    expect(await delivery.deliverDue(start)).toBe(1);
    expect(await delivery.deliverDue(start)).toBe(0);
    expect(await delivery.deliverDue(start + delayAfter(1))).toBe(1);
    expect(await delivery.deliverDue(start + delayAfter(1) + delayAfter(2) - 1)).toBe(0);
    expect(await delivery.deliverDue(start + delayAfter(1) + delayAfter(2))).toBe(1);

    const tokens = receiver.received.map(({ form }) => claimsOf(form.get("logout_token") ?? ""));
    expect(tokens.map(({ sid }) => sid)).toEqual(["s1", "s1", "s1"]);
    expect(new Set(tokens.map(({ jti }) => jti)).size).toBe(3);
    expect(await waiting(db)).toBe(0);
    const [event] = await listEvents(db);
    expect(event).toMatchObject({
      type: "backchannel_logout",
      outcome: "ok",
      clientId: "bookstore-web",
      detail: { status: 200, attempts: 3 },
    });
  });

  test("is given up in the end, which the audit log says", async () => {
    const { db, delivery } = await startProcess();
    let now = Date.now();
    await queueLogouts(db, [ended("s1")], now);
    receiver.answer = () => 500;
    for (let attempt = 0; attempt < MOST_ATTEMPTS + 2; attempt += 1) {
      await delivery.deliverDue(now);
      now += DAY;
    }
    expect(receiver.received).toHaveLength(MOST_ATTEMPTS);
    expect(await waiting(db)).toBe(0);
    const events = await listEvents(db);
    expect(events).toMatchObject([
      { type: "backchannel_logout", outcome: "failed", detail: { status: 500, attempts: MOST_ATTEMPTS } },
    ]);
  });

  test("waits no longer than a quarter of an hour between two attempts", () => {
    expect(delayAfter(1)).toBe(5_000);
    expect(delayAfter(3)).toBe(20_000);
    expect(delayAfter(MOST_ATTEMPTS)).toBe(900_000);
  });

  test("outlives the process that queued it", async () => {
    const first = await startProcess();
    const start = Date.now();
    await queueLogouts(first.db, [ended("s1")], start);
    receiver.answer = () => 503;
    await first.delivery.deliverDue(start);
    await open.pop()?.close();

    const second = await startProcess();
    receiver.answer = () => 200;
    await second.delivery.deliverDue(start + delayAfter(1));
    expect(receiver.received).toHaveLength(2);
    expect(await waiting(second.db)).toBe(0);
  });

  test("of a process that died over it is taken on by another", async () => {
    const { db, delivery } = await startProcess();
    const start = Date.now();
    await queueLogouts(db, [ended("s1")], start);
    let release = (_status: number) => {};
    receiver.answer = () => new Promise((resolve) => (release = resolve));
    const hanging = delivery.deliverDue(start);
    await receiver.has(1);
    await delivery.close();
    await hanging;
    release(200);

    receiver.answer = () => 200;
    const second = await startProcess();
    expect(await second.delivery.deliverDue(start + DAY)).toBe(1);
    expect(receiver.received).toHaveLength(2);
  });

  test("is sent once, however many processes look for it", async () => {
    const processes = [await startProcess(), await startProcess(), await startProcess()];
    const start = Date.now();
    const sids = Array.from({ length: 20 }, (_, index) => `s${index}`);
    await queueLogouts(processes[0]?.db as OpenDatabase, sids.map(ended), start);
    await Promise.all(processes.map(({ delivery }) => delivery.deliverDue(start)));
    const sent = receiver.received.map(({ form }) => claimsOf(form.get("logout_token") ?? "").sid);
    expect(sent.sort()).toEqual(sids.sort());
  });

  test("follows no redirect", async () => {
    const { db, delivery } = await startProcess();
    await queueLogouts(db, [ended("s1")]);
    receiver.answer = () => 307;
    await delivery.deliverDue(Date.now() + 1);
    expect(receiver.received.map(({ path }) => path)).toEqual(["/logout"]);
    expect(await waiting(db)).toBe(1);
  });

  test("goes to no private address in production, and is not tried again", async () => {
    const { db, delivery } = await startProcess({
      allowPrivate: false,
      uri: "https://localhost:8443/logout",
    });
    await queueLogouts(db, [ended("s1")]);
    await delivery.deliverDue(Date.now() + 1);
    expect(await waiting(db)).toBe(0);
    expect(await listEvents(db)).toMatchObject([
      { type: "backchannel_logout", outcome: "failed", detail: { refused: "private_address", attempts: 1 } },
    ]);
  });

  test("is for applications that registered an address for it", async () => {
    const { db } = await startProcess();
    await queueLogouts(db, [{ clientId: "other-web", userId: "kp_1", sid: "s" }]);
    expect(await waiting(db)).toBe(0);
  });
});
