import { sql } from "kysely";
import { type Database, inTransaction } from "../database/index.ts";
import { isProtectedBy, protect, reveal } from "./instance-secrets.ts";

/**
 * Brings what is kept secret in the database under the secret of this start: what is still in the clear, from a
 * time without one, and what the previous one encrypted. One transaction: after a crash all of it is as it was.
 *
 * @throws IdentityError `secret_wrong` when something was encrypted with neither of the two.
 */
export async function encryptAtRest(
  db: Database,
  secret: string | undefined,
  previousSecret: string | undefined,
): Promise<void> {
  const changed = await inTransaction(db, async (trx) => {
    const again = (stored: string): string | undefined => {
      if (secret === undefined || isProtectedBy(stored, secret)) return undefined;
      return protect(reveal(stored, previousSecret ?? secret), secret);
    };
    let count = 0;
    for (const { name, value } of await trx.selectFrom("instance_secrets").selectAll().execute()) {
      const box = again(value);
      if (box === undefined) continue;
      await trx.updateTable("instance_secrets").set({ value: box }).where("name", "=", name).execute();
      count += 1;
    }
    for (const { kid, private_jwk } of await trx.selectFrom("signing_keys").selectAll().execute()) {
      const box = again(private_jwk);
      if (box === undefined) continue;
      await trx.updateTable("signing_keys").set({ private_jwk: box }).where("kid", "=", kid).execute();
      count += 1;
    }
    return count;
  });
  // The old bytes stand in the write-ahead log until it is emptied.
  if (changed > 0) await sql`pragma wal_checkpoint(truncate)`.execute(db);
}
