import { AuthError } from "../auth-error.ts";
import type { SessionStore } from "../session-store.ts";
import { sqlStore, tables } from "./sql.ts";

/** The part of `pg`'s Pool that is used; other drivers have one like it. */
export interface PostgresPool {
  query(
    text: string,
    values?: unknown[],
  ): Promise<{ readonly rows: readonly Record<string, unknown>[]; readonly rowCount: number | null }>;
}

/** Any number that no other lock of the database is likely to have. */
const MIGRATION_LOCK = 4_718_253_907;

/** What makes the tables, for those whose application may not do it. */
export const postgresSchema: string = `${tables.join(";\n")};\n`;

/**
 * Sessions in PostgreSQL, for any number of processes and machines. The tables `hallpass_sessions` and `hallpass_locks`
 * are made at first use, unless they are there. The pool stays the caller's to end.
 *
 * @throws {AuthError} `option_invalid` without `pool`
 */
export function postgresStore({ pool }: { readonly pool: PostgresPool }): SessionStore {
  if (typeof pool?.query !== "function") {
    throw new AuthError("option_invalid", "pool is missing; expected a Pool of the package pg");
  }
  let ready: Promise<unknown> | undefined;

  async function makeTables(): Promise<void> {
    const { rows } = await pool.query(
      "SELECT to_regclass('hallpass_sessions') IS NOT NULL AND to_regclass('hallpass_locks') IS NOT NULL AS there",
    );
    if (rows[0]?.there === true) return;
    // One message is one connection and one transaction; the lock, because IF NOT EXISTS fails where two make the same.
    await pool.query(`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK}); ${postgresSchema}`);
  }

  return sqlStore({
    now: "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)",
    async run(text, values) {
      ready ??= makeTables();
      try {
        await ready;
      } catch (error) {
        ready = undefined;
        throw error;
      }
      const { rows, rowCount } = await pool.query(text, [...values]);
      return { rows, changes: rowCount ?? 0 };
    },
  });
}
