import {
  hashClientSecret,
  MOST_SECRETS,
  matchingSecret,
  newClientSecret,
} from "../credentials/client-secret.ts";
import { newClientSecretId } from "../database/ids.ts";
import { type Database, inTransaction } from "../database/index.ts";

/** A secret of an application, as far as anybody can know it. */
export interface ClientSecret {
  id: string;
  /** Whether it stands in the configuration. */
  fromSettings: boolean;
  /** Milliseconds since 1970. */
  createdAt: number;
  /** Milliseconds since 1970, to the minute; `null` while it was never used. */
  lastUsedAt: number | null;
}

/** Milliseconds within which another use of a secret is not written down. */
const USE_PRECISION = 60_000;

/** The secrets of an application, the oldest first. */
export async function listClientSecrets(db: Database, clientId: string): Promise<ClientSecret[]> {
  const rows = await db
    .selectFrom("client_secrets")
    .selectAll()
    .where("client_id", "=", clientId)
    .orderBy("created_at")
    .orderBy("id")
    .execute();
  return rows.map((row) => ({
    id: row.id,
    fromSettings: row.from_settings === 1,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  }));
}

/**
 * Makes another secret for an application.
 *
 * @returns the secret, which is kept nowhere; `undefined` when the application has two already.
 */
export async function addClientSecret(
  db: Database,
  clientId: string,
  now: number = Date.now(),
): Promise<{ id: string; secret: string } | undefined> {
  return await inTransaction(db, async (trx) => {
    if ((await listClientSecrets(trx, clientId)).length >= MOST_SECRETS) return undefined;
    const secret = newClientSecret();
    const id = newClientSecretId();
    await insertSecret(trx, { id, clientId, hash: hashClientSecret(clientId, secret), now });
    return { id, secret };
  });
}

/** Ends a secret at once; false when the application has none of this id. */
export async function removeClientSecret(db: Database, clientId: string, id: string): Promise<boolean> {
  const result = await db
    .deleteFrom("client_secrets")
    .where("client_id", "=", clientId)
    .where("id", "=", id)
    .executeTakeFirst();
  return result.numDeletedRows === 1n;
}

/**
 * Makes the secrets that stand in the configuration valid, and those that stood there before invalid. Secrets that
 * were made otherwise stay.
 *
 * @returns how many secrets the application has then.
 */
export async function replaceConfiguredSecrets(
  trx: Database,
  clientId: string,
  secrets: readonly string[],
  now: number,
): Promise<number> {
  const hashes = secrets.map((secret) => hashClientSecret(clientId, secret));
  const rows = await trx
    .selectFrom("client_secrets")
    .select(["id", "hash", "from_settings"])
    .where("client_id", "=", clientId)
    .execute();
  for (const { id, hash, from_settings } of rows) {
    if (from_settings === 1 && !hashes.includes(hash)) await removeClientSecret(trx, clientId, id);
  }
  for (const hash of hashes) {
    if (rows.some((row) => row.hash === hash && row.from_settings === 1)) continue;
    await trx
      .deleteFrom("client_secrets")
      .where("client_id", "=", clientId)
      .where("hash", "=", hash)
      .execute();
    await insertSecret(trx, { id: newClientSecretId(), clientId, hash, now, fromSettings: true });
  }
  return (await listClientSecrets(trx, clientId)).length;
}

async function insertSecret(
  db: Database,
  row: { id: string; clientId: string; hash: string; now: number; fromSettings?: boolean },
): Promise<void> {
  await db
    .insertInto("client_secrets")
    .values({
      id: row.id,
      client_id: row.clientId,
      hash: row.hash,
      from_settings: row.fromSettings ? 1 : 0,
      created_at: row.now,
      last_used_at: null,
    })
    .execute();
}

/**
 * Whether a secret is one of the application's. The work is the same for an application that does not exist.
 *
 * @param now milliseconds since 1970.
 */
export async function isSecretOf(
  db: Database,
  clientId: string,
  secret: string,
  now: number = Date.now(),
): Promise<boolean> {
  const rows = await db
    .selectFrom("client_secrets")
    .select(["id", "hash", "last_used_at"])
    .where("client_id", "=", clientId)
    .orderBy("created_at")
    .execute();
  const row =
    rows[
      matchingSecret(
        clientId,
        secret,
        rows.map(({ hash }) => hash),
      )
    ];
  if (!row) return false;
  // When the old secret was last used says when it can go; to the minute, so that not every token costs a write.
  if (now - (row.last_used_at ?? 0) > USE_PRECISION) {
    await db.updateTable("client_secrets").set({ last_used_at: now }).where("id", "=", row.id).execute();
  }
  return true;
}
