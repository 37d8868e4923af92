import type { Kysely } from "kysely";
import { DatabaseError } from "./database-error.ts";
import type { Migration } from "./migration.ts";
import { migrations } from "./migrations/index.ts";
import type { Schema } from "./schema.ts";

/**
 * Brings the schema up to date. All missing migrations run in one transaction that holds the write lock from
 * its first statement: of two processes that start at once the second waits and finds nothing left to do, and a
 * crash in the middle leaves the database as it was.
 *
 * @throws DatabaseError `data_newer` when the database has seen a migration this version does not know.
 */
export async function migrate(
  db: Kysely<Schema>,
  steps: readonly Migration[] = migrations,
): Promise<string[]> {
  return await db.transaction().execute(async (trx) => {
    await trx.schema
      .createTable("schema_migrations")
      .ifNotExists()
      .addColumn("name", "text", (c) => c.primaryKey())
      .addColumn("applied_at", "bigint", (c) => c.notNull())
      .execute();
    const applied = await trx.selectFrom("schema_migrations").select("name").orderBy("name").execute();
    const seen = new Set(applied.map((row) => row.name));
    const unknown = [...seen].filter((name) => !steps.some((step) => step.name === name));
    if (unknown.length > 0) {
      throw new DatabaseError(
        "data_newer",
        `The database has been used by a newer Hallpass: it holds the migration "${unknown[0]}", which this version does not know. Install the newer version again, or start with another data folder.`,
      );
    }
    const missing = steps.filter((step) => !seen.has(step.name));
    for (const step of missing) {
      await step.up(trx);
      await trx.insertInto("schema_migrations").values({ name: step.name, applied_at: Date.now() }).execute();
    }
    return missing.map((step) => step.name);
  });
}
