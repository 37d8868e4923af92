import type { Migration } from "../migration.ts";

/** Secrets that applications authenticate with: at most two of one application, while one replaces the other. */
export interface ClientSecretsTable {
  /** Names the secret to people. */
  id: string;
  client_id: string;
  /** As `hashClientSecret` makes it. The secret itself is nowhere. */
  hash: string;
  /** 1 when it stands in the settings: it then goes when it is taken out of them. */
  from_settings: 0 | 1;
  /** Milliseconds since 1970. */
  created_at: number;
  /** Milliseconds since 1970, to the minute; `null` while it was never used. */
  last_used_at: number | null;
}

/** The tables of migration 0003. */
export interface ApplicationsSchema {
  client_secrets: ClientSecretsTable;
}

/** What applications authenticate with, and what they may do in their own name. */
export const applications: Migration = {
  name: "0003-applications",
  async up(db) {
    await db.schema
      .alterTable("applications")
      .addColumn("authentication", "text", (c) => c.notNull().defaultTo("none"))
      .execute();
    await db.schema.alterTable("applications").addColumn("jwks", "text").execute();
    await db.schema
      .alterTable("applications")
      .addColumn("pkce", "text", (c) => c.notNull().defaultTo("required"))
      .execute();
    await db.schema
      .alterTable("applications")
      .addColumn("apis", "text", (c) => c.notNull().defaultTo("[]"))
      .execute();
    await db.schema
      .createTable("client_secrets")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("client_id", "text", (c) =>
        c.notNull().references("applications.client_id").onDelete("cascade"),
      )
      .addColumn("hash", "text", (c) => c.notNull())
      .addColumn("from_settings", "integer", (c) => c.notNull().defaultTo(0))
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .addColumn("last_used_at", "bigint")
      .addUniqueConstraint("client_secrets_once", ["client_id", "hash"])
      .execute();
  },
};
