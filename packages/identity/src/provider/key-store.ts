import { appendEvent } from "../audit/audit-log.ts";
import { type Database, inTransaction } from "../database/index.ts";
import type { SigningAlgorithm } from "../settings/config.ts";
import { protect, reveal } from "./instance-secrets.ts";
import { type KeyTimes, PUBLISHED_BEFORE } from "./key-life.ts";
import type { SigningKey } from "./signing-keys.ts";

/** A key in the database. */
export interface StoredKey extends KeyTimes {
  kid: string;
  algorithm: SigningAlgorithm;
  /** As it is kept; {@link readPrivateKey} reads it. */
  box: string;
  /** Milliseconds since 1970. */
  createdAt: number;
}

/** Every key, the newest first. */
export async function listKeys(db: Database): Promise<StoredKey[]> {
  const rows = await db
    .selectFrom("signing_keys")
    .selectAll()
    .orderBy("signs_from", "desc")
    .orderBy("kid")
    .execute();
  return rows.map((row) => ({
    kid: row.kid,
    algorithm: row.algorithm as SigningAlgorithm,
    box: row.private_jwk,
    createdAt: row.created_at,
    signsFrom: row.signs_from,
    stopsAt: row.stops_at,
  }));
}

/** @throws IdentityError `secret_wrong` */
export function readPrivateKey({ box }: StoredKey, instanceSecret: string | undefined): SigningKey {
  return JSON.parse(reveal(box, instanceSecret)) as SigningKey;
}

interface NewKey {
  key: SigningKey;
  instanceSecret: string | undefined;
  /** Milliseconds since 1970. */
  now: number;
}

/** Keeps the first key of an algorithm, which signs at once. Does nothing if the algorithm has one. */
export async function addFirstKey(db: Database, first: NewKey): Promise<void> {
  await inTransaction(db, async (trx) => {
    const present = await trx
      .selectFrom("signing_keys")
      .select("kid")
      .where("algorithm", "=", first.key.alg)
      .where("stops_at", "is", null)
      .executeTakeFirst();
    if (!present) await insertKey(trx, first, first.now);
  });
}

/**
 * Keeps the successor of a key. The predecessor gets it by one conditional UPDATE, so that of any number of
 * processes that find the key old one makes the next.
 *
 * @returns false when the key has a successor already, or is gone.
 */
export async function addNextKey(db: Database, predecessor: string, next: NewKey): Promise<boolean> {
  const signsFrom = next.now + PUBLISHED_BEFORE;
  return await inTransaction(db, async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable("signing_keys")
      .set({ stops_at: signsFrom })
      .where("kid", "=", predecessor)
      .where("stops_at", "is", null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return false;
    await insertKey(trx, next, signsFrom);
    await record(trx, "key_rotated", next.key.kid, { algorithm: next.key.alg, now: false });
    return true;
  });
}

/** Makes a key sign at once, in the place of those that sign now; one that was still to come is dropped. */
export async function replaceKeyNow(db: Database, replacement: NewKey): Promise<void> {
  const { key, now } = replacement;
  await inTransaction(db, async (trx) => {
    await trx
      .deleteFrom("signing_keys")
      .where("algorithm", "=", key.alg)
      .where("signs_from", ">", now)
      .execute();
    await trx
      .updateTable("signing_keys")
      .set({ stops_at: now })
      .where("algorithm", "=", key.alg)
      .where((where) => where.or([where("stops_at", "is", null), where("stops_at", ">", now)]))
      .execute();
    await insertKey(trx, replacement, now);
    await record(trx, "key_rotated", key.kid, { algorithm: key.alg, now: true });
  });
}

/** Removes a key; if it was still to come, the one before it goes on. */
export async function removeKey(
  db: Database,
  { kid, algorithm, signsFrom }: StoredKey,
  now: number,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const { numDeletedRows } = await trx.deleteFrom("signing_keys").where("kid", "=", kid).executeTakeFirst();
    if (numDeletedRows === 0n) return;
    await trx
      .updateTable("signing_keys")
      .set({ stops_at: null })
      .where("algorithm", "=", algorithm)
      .where("stops_at", "=", signsFrom)
      .where("stops_at", ">", now)
      .execute();
    await record(trx, "key_retired", kid, { algorithm });
  });
}

/** Ends the use of an algorithm that no API asks for any more. */
export async function stopOtherAlgorithms(
  db: Database,
  wanted: readonly SigningAlgorithm[],
  now: number,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    await trx
      .deleteFrom("signing_keys")
      .where("algorithm", "not in", wanted)
      .where("signs_from", ">", now)
      .execute();
    await trx
      .updateTable("signing_keys")
      .set({ stops_at: now })
      .where("algorithm", "not in", wanted)
      .where((where) => where.or([where("stops_at", "is", null), where("stops_at", ">", now)]))
      .execute();
  });
}

/** Forgets keys whose use ended before a time. */
export async function forgetKeys(db: Database, stoppedBefore: number): Promise<void> {
  await db.deleteFrom("signing_keys").where("stops_at", "<", stoppedBefore).execute();
}

async function insertKey(
  trx: Database,
  { key, instanceSecret, now }: NewKey,
  signsFrom: number,
): Promise<void> {
  await trx
    .insertInto("signing_keys")
    .values({
      kid: key.kid,
      algorithm: key.alg,
      private_jwk: protect(JSON.stringify(key), instanceSecret),
      created_at: now,
      signs_from: signsFrom,
      stops_at: null,
    })
    .execute();
}

async function record(
  trx: Database,
  type: "key_rotated" | "key_retired",
  kid: string,
  detail: Record<string, string | boolean>,
): Promise<void> {
  await appendEvent(trx, { type, outcome: "ok", detail: { kid, ...detail } });
}
