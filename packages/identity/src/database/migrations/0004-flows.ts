import type { Migration } from "../migration.ts";

/** Access tokens that were revoked before their time. JWTs are not kept, so what is kept is that one is no good. */
export interface RevokedTokensTable {
  jti: string;
  /** When the token itself ends, and the row with it; milliseconds since 1970. */
  expires_at: number;
}

/** An application that is to be told that a session is over (OpenID Connect Back-Channel Logout), until it has heard. */
export interface LogoutNoticesTable {
  id: string;
  client_id: string;
  user_id: string;
  /** The session's `sid` at this application. */
  sid: string | null;
  /** Milliseconds since 1970. */
  created_at: number;
  /** How often it was tried. */
  attempts: number;
  /** When it is to be tried next, milliseconds since 1970; moving it is how a process takes it on. */
  due_at: number;
}

/** How often a device asks about its code (RFC 8628), while nobody has decided on it. */
export interface DevicePollsTable {
  /** SHA-256 of the device code in base64url. */
  device_hash: string;
  /** Seconds between two requests. */
  interval: number;
  /** Milliseconds since 1970. */
  next_poll_at: number;
  /** Milliseconds since 1970. */
  expires_at: number;
}

/** The tables of migration 0004. */
export interface FlowsSchema {
  device_polls: DevicePollsTable;
  logout_notices: LogoutNoticesTable;
  revoked_tokens: RevokedTokensTable;
}

/** What revocation, back-channel logout and the device flow need. */
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
    await db.schema
      .createTable("logout_notices")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("client_id", "text", (c) => c.notNull())
      .addColumn("user_id", "text", (c) => c.notNull())
      .addColumn("sid", "text")
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .addColumn("attempts", "integer", (c) => c.notNull())
      .addColumn("due_at", "bigint", (c) => c.notNull())
      .execute();
    await db.schema.createIndex("logout_notices_by_due_at").on("logout_notices").column("due_at").execute();
    await db.schema
      .createTable("device_polls")
      .addColumn("device_hash", "text", (c) => c.primaryKey())
      .addColumn("interval", "integer", (c) => c.notNull())
      .addColumn("next_poll_at", "bigint", (c) => c.notNull())
      .addColumn("expires_at", "bigint", (c) => c.notNull())
      .execute();
    await db.schema.alterTable("applications").addColumn("backchannel_logout_uri", "text").execute();
    await db.schema
      .alterTable("applications")
      .addColumn("device_flow", "integer", (c) => c.notNull().defaultTo(0))
      .execute();
    await db.schema.alterTable("provider_entities").addColumn("user_code_hash", "text").execute();
    await db.schema
      .createIndex("provider_entities_by_user_code_hash")
      .on("provider_entities")
      .column("user_code_hash")
      .execute();
    await db.schema.alterTable("provider_entities").addColumn("account_id", "text").execute();
    await db.schema
      .createIndex("provider_entities_by_account_id")
      .on("provider_entities")
      .column("account_id")
      .execute();
    const rows = await db.selectFrom("provider_entities").select(["model", "id_hash", "payload"]).execute();
    for (const { model, id_hash, payload } of rows) {
      const { accountId } = JSON.parse(payload) as { accountId?: string };
      if (accountId === undefined) continue;
      await db
        .updateTable("provider_entities")
        .set({ account_id: accountId })
        .where("model", "=", model)
        .where("id_hash", "=", id_hash)
        .execute();
    }
  },
};
