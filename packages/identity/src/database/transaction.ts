import type { Database } from "./open-database.ts";

/** Runs `work` in a transaction: in the one that `db` is, if it is one, so that steps can be put together. */
export async function inTransaction<Result>(
  db: Database,
  work: (trx: Database) => Promise<Result>,
): Promise<Result> {
  return db.isTransaction ? await work(db) : await db.transaction().execute(work);
}
