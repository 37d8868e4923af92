import { createHash } from "node:crypto";
import type { Database } from "../database/index.ts";
import type { ProviderEntitiesTable } from "../database/migrations/0002-provider.ts";

/** The form in which ids are kept. */
export function idHash(id: string): string {
  return createHash("sha256").update(id).digest("base64url");
}

/** How long a claim on a refresh token holds before its successor's answer is stored, in milliseconds. */
export const CLAIM_TIMEOUT = 5_000;

/** Milliseconds that a finished or expired sign-in is remembered, so that its page can lead back to the application. */
const SIGN_IN_MEMORY = 24 * 60 * 60 * 1000;

/** Expired sign-ins that are remembered at most, whoever begins how many. */
const MOST_EXPIRED_SIGN_INS = 10_000;

type Row = ProviderEntitiesTable;

export async function findEntity(db: Database, model: string, id: string): Promise<Row | undefined> {
  return await db
    .selectFrom("provider_entities")
    .selectAll()
    .where("model", "=", model)
    .where("id_hash", "=", idHash(id))
    .executeTakeFirst();
}

export async function saveEntity(
  db: Database,
  model: string,
  id: string,
  values: Pick<Row, "grant_id" | "uid" | "sid" | "payload" | "expires_at"> & {
    account_id?: Row["account_id"];
  },
): Promise<void> {
  await db
    .insertInto("provider_entities")
    .values({
      ...values,
      model,
      id_hash: idHash(id),
      consumed_at: null,
      successor_hash: null,
      successor_answer: null,
    })
    .onConflict((conflict) => conflict.columns(["model", "id_hash"]).doUpdateSet(values))
    .execute();
}

export async function deleteEntity(db: Database, model: string, id: string): Promise<void> {
  await db
    .deleteFrom("provider_entities")
    .where("model", "=", model)
    .where("id_hash", "=", idHash(id))
    .execute();
}

/**
 * Notes that something was presented. One INSERT, so that of any number of processes one is the first.
 *
 * @param expiresAt milliseconds since 1970; when it may be forgotten.
 * @returns whether this was the first time.
 */
export async function rememberOnce(
  db: Database,
  model: string,
  id: string,
  expiresAt: number,
): Promise<boolean> {
  const result = await db
    .insertInto("provider_entities")
    .values({
      model,
      id_hash: idHash(id),
      grant_id: null,
      uid: null,
      sid: null,
      payload: "{}",
      expires_at: Math.ceil(expiresAt),
      consumed_at: null,
      successor_hash: null,
      successor_answer: null,
    })
    .onConflict((conflict) => conflict.columns(["model", "id_hash"]).doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

/**
 * Spends a code or a refresh token. One conditional UPDATE, so that of any number of processes one succeeds.
 * A refresh token that was claimed and never answered, because the process died, can be claimed again.
 *
 * @returns the time of the claim, which proves it later; `undefined` if somebody else was first.
 */
export async function claimEntity(db: Database, model: string, id: string): Promise<number | undefined> {
  const now = Date.now();
  const result = await db
    .updateTable("provider_entities")
    .set({ consumed_at: now })
    .where("model", "=", model)
    .where("id_hash", "=", idHash(id))
    .where((where) =>
      where.or([
        where("consumed_at", "is", null),
        where.and([
          where.lit(model === "RefreshToken"),
          where("successor_answer", "is", null),
          where("consumed_at", "<", now - CLAIM_TIMEOUT),
        ]),
      ]),
    )
    .executeTakeFirst();
  return result.numUpdatedRows === 1n ? now : undefined;
}

/** Gives a claim back, when the request that made it failed before it answered. */
export async function releaseClaim(db: Database, id: string, claim: number): Promise<void> {
  await db
    .updateTable("provider_entities")
    .set({ consumed_at: null })
    .where("model", "=", "RefreshToken")
    .where("id_hash", "=", idHash(id))
    .where("consumed_at", "=", claim)
    .where("successor_answer", "is", null)
    .execute();
}

/**
 * Stores what replaced a refresh token. False if the claim was lost meanwhile: the answer must then not go out,
 * because somebody else has given another.
 */
export async function storeSuccessor(
  db: Database,
  id: string,
  claim: number,
  successor: { id: string; answer: string },
): Promise<boolean> {
  const result = await db
    .updateTable("provider_entities")
    .set({ successor_hash: idHash(successor.id), successor_answer: successor.answer })
    .where("model", "=", "RefreshToken")
    .where("id_hash", "=", idHash(id))
    .where("consumed_at", "=", claim)
    .where("successor_answer", "is", null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Whether a refresh token, named by the hash of its id, is there and unspent. */
export async function isUnspent(db: Database, hash: string): Promise<boolean> {
  const row = await db
    .selectFrom("provider_entities")
    .select("consumed_at")
    .where("model", "=", "RefreshToken")
    .where("id_hash", "=", hash)
    .executeTakeFirst();
  return row !== undefined && row.consumed_at === null;
}

/** Forgets a sign-in but for its application, so that its page, opened again, can lead back there. */
export async function finishSignIn(db: Database, id: string, clientId: string): Promise<void> {
  await db
    .updateTable("provider_entities")
    .set({
      payload: JSON.stringify({ params: { client_id: clientId } }),
      consumed_at: Date.now(),
      expires_at: Date.now(),
    })
    .where("model", "=", "Interaction")
    .where("id_hash", "=", idHash(id))
    .execute();
}

/** Removes everything of a grant: its codes and refresh tokens, and the grant itself. */
export async function revokeGrant(db: Database, grantId: string): Promise<void> {
  await db.deleteFrom("provider_entities").where("grant_id", "=", grantId).execute();
  await deleteEntity(db, "Grant", grantId);
}

/** The grants whose tokens carry this `sid`. */
export async function grantsOfSid(db: Database, sid: string): Promise<string[]> {
  const rows = await db
    .selectFrom("provider_entities")
    .select("grant_id")
    .distinct()
    .where("sid", "=", sid)
    .where("grant_id", "is not", null)
    .execute();
  return rows.map((row) => row.grant_id as string);
}

/** Removes everything that somebody's sign-ins have left: sessions, grants, codes and refresh tokens. */
export async function removeEntitiesOf(db: Database, accountId: string): Promise<void> {
  await db.deleteFrom("provider_entities").where("account_id", "=", accountId).execute();
}

/** Removes what has expired. */
export async function removeExpired(
  db: Database,
  now: number = Date.now(),
  mostExpiredSignIns: number = MOST_EXPIRED_SIGN_INS,
): Promise<void> {
  await db
    .deleteFrom("provider_entities")
    .where("expires_at", "<", now)
    .where("model", "!=", "Interaction")
    .execute();
  await db
    .deleteFrom("provider_entities")
    .where("expires_at", "<", now - SIGN_IN_MEMORY)
    .where("model", "=", "Interaction")
    .execute();
  const first = await db
    .selectFrom("provider_entities")
    .select("expires_at")
    .where("model", "=", "Interaction")
    .where("expires_at", "<", now)
    .orderBy("expires_at", "desc")
    .limit(1)
    .offset(mostExpiredSignIns)
    .executeTakeFirst();
  if (!first) return;
  await db
    .deleteFrom("provider_entities")
    .where("model", "=", "Interaction")
    .where("expires_at", "<=", first.expires_at)
    .execute();
}
