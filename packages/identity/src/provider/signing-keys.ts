import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from "jose";
import { type Database, inTransaction } from "../database/index.ts";
import { needsProtection, protect, reveal } from "./instance-secrets.ts";

/** A private key in the form of a JWK, with `kid`, `alg` and `use`. */
export type SigningKey = JWK & { kid: string; alg: string; use: "sig" };

const ALGORITHM = "RS256";
const MODULUS_LENGTH = 2048;

/**
 * The keys that tokens are signed with, the newest first; one is made on the first start. They are the same in
 * every process on one database.
 *
 * @throws IdentityError `secret_wrong`
 */
export async function loadSigningKeys(
  db: Database,
  instanceSecret: string | undefined,
): Promise<SigningKey[]> {
  const existing = await readKeys(db, instanceSecret);
  if (existing.length > 0) return existing;
  // Made before the transaction: it takes a tenth of a second, and the write lock is not held for that.
  const fresh = await makeKey();
  return await inTransaction(db, async (trx) => {
    const keys = await readKeys(trx, instanceSecret);
    if (keys.length > 0) return keys;
    await trx
      .insertInto("signing_keys")
      .values({
        kid: fresh.kid,
        algorithm: fresh.alg,
        private_jwk: protect(JSON.stringify(fresh), instanceSecret),
        created_at: Date.now(),
      })
      .execute();
    return [fresh];
  });
}

async function readKeys(db: Database, instanceSecret: string | undefined): Promise<SigningKey[]> {
  const rows = await db
    .selectFrom("signing_keys")
    .select(["kid", "private_jwk"])
    .orderBy("created_at", "desc")
    .execute();
  const keys: SigningKey[] = [];
  for (const row of rows) {
    const text = reveal(row.private_jwk, instanceSecret);
    if (needsProtection(row.private_jwk, instanceSecret)) {
      await db
        .updateTable("signing_keys")
        .set({ private_jwk: protect(text, instanceSecret) })
        .where("kid", "=", row.kid)
        .execute();
    }
    keys.push(JSON.parse(text) as SigningKey);
  }
  return keys;
}

async function makeKey(): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair(ALGORITHM, {
    modulusLength: MODULUS_LENGTH,
    extractable: true,
  });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: ALGORITHM, use: "sig" };
}

/** The public half of a key, as the key endpoint publishes it. */
export function publicKey({ kty, n, e, kid, alg, use }: SigningKey): JWK {
  return { kty, n, e, kid, alg, use } as JWK;
}
