import { randomBytes } from "node:crypto";
import { type Database, inTransaction } from "../database/index.ts";
import { IdentityError } from "../identity-error.ts";
import { seal, unseal } from "./sealed-box.ts";

const PURPOSE = "at-rest";
const PLAIN = "plain:";
const SEALED = "sealed:";

/**
 * What is written at rest for a secret: itself, or encrypted when the instance has a secret of its own
 * (`HALLPASS_SECRET`), so that a copy of the database alone signs nothing.
 */
export function protect(value: string, instanceSecret: string | undefined): string {
  return instanceSecret === undefined ? PLAIN + value : SEALED + seal(value, instanceSecret, PURPOSE);
}

/** @throws IdentityError `secret_wrong` when the value was protected with another secret, or with one and there is none now. */
export function reveal(stored: string, instanceSecret: string | undefined): string {
  if (stored.startsWith(PLAIN)) return stored.slice(PLAIN.length);
  if (instanceSecret === undefined) {
    throw new IdentityError(
      "secret_wrong",
      "The keys in the database are encrypted, and no secret was given. Set HALLPASS_SECRET to the value it had when the database was made.",
    );
  }
  const value = unseal(stored.slice(SEALED.length), instanceSecret, PURPOSE);
  if (value === undefined) {
    throw new IdentityError(
      "secret_wrong",
      "The keys in the database were encrypted with another secret. Set HALLPASS_SECRET to the value it had when they were made; to change it, give that value as HALLPASS_PREVIOUS_SECRET.",
    );
  }
  return value;
}

/** Whether a stored value is encrypted with this secret. */
export function isProtectedBy(stored: string, instanceSecret: string): boolean {
  return (
    stored.startsWith(SEALED) && unseal(stored.slice(SEALED.length), instanceSecret, PURPOSE) !== undefined
  );
}

/** Random values that outlive a restart. */
export interface InstanceSecrets {
  /** Signs the provider's cookies. */
  cookieKey: string;
  /** Signs the `csrf` field of forms. */
  formKey: string;
  /** Makes the nonces of DPoP proofs: 256 bits. */
  dpopNonceKey: string;
}

/**
 * Reads the instance's secrets and makes them on the first start. Two processes that start at once end up with
 * the same ones.
 */
export async function loadInstanceSecrets(
  db: Database,
  instanceSecret: string | undefined,
): Promise<InstanceSecrets> {
  return await inTransaction(db, async (trx) => ({
    cookieKey: await loadSecret(trx, "cookie-key", instanceSecret),
    formKey: await loadSecret(trx, "form-key", instanceSecret),
    dpopNonceKey: await loadSecret(trx, "dpop-nonce-key", instanceSecret),
  }));
}

async function loadSecret(db: Database, name: string, instanceSecret: string | undefined): Promise<string> {
  const row = await db
    .selectFrom("instance_secrets")
    .select("value")
    .where("name", "=", name)
    .executeTakeFirst();
  if (row) return reveal(row.value, instanceSecret);
  const value = randomBytes(32).toString("base64url");
  await db
    .insertInto("instance_secrets")
    .values({ name, value: protect(value, instanceSecret), created_at: Date.now() })
    .execute();
  return value;
}
