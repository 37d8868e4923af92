import type { Migration } from "../migration.ts";

/** Access tokens that were revoked before their time. JWTs are not kept, so what is kept is that one is no good. */
export interface RevokedTokensTable {
  jti: string;
  /** When the token itself ends, and the row with it; milliseconds since 1970. */
  expires_at: number;
}

/** The tables of migration 0004. */
export interface FlowsSchema {
  revoked_tokens: RevokedTokensTable;
}

/** What revocation needs. */
export const flows: Migration = {
  name: "0004-flows",
  async up(db) {
    await db.schema
      .createTable("revoked_tokens")
      .addColumn("jti", "text", (c) => c.primaryKey())
      .addColumn("expires_at", "bigint", (c) => c.notNull())
      .execute();
    await db.schema
      .createIndex("revoked_tokens_by_expires_at")
      .on("revoked_tokens")
      .column("expires_at")
      .execute();
  },
};
