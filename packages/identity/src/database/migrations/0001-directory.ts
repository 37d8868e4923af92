import type { Migration } from "../migration.ts";

/** People, organizations, access, applications, throttling and the audit log. */
export const directory: Migration = {
  name: "0001-directory",
  async up(db) {
    await db.schema
      .createTable("users")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("email", "text", (c) => c.notNull())
      .addColumn("email_key", "text", (c) => c.notNull().unique())
      .addColumn("email_verified", "integer", (c) => c.notNull().defaultTo(0))
      .addColumn("given_name", "text")
      .addColumn("family_name", "text")
      .addColumn("picture", "text")
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .addColumn("updated_at", "bigint", (c) => c.notNull())
      .execute();
    await db.schema
      .createTable("passwords")
      .addColumn("user_id", "text", (c) => c.primaryKey().references("users.id").onDelete("cascade"))
      .addColumn("hash", "text", (c) => c.notNull())
      .addColumn("updated_at", "bigint", (c) => c.notNull())
      .execute();

    await db.schema
      .createTable("organizations")
      .addColumn("code", "text", (c) => c.primaryKey())
      .addColumn("name", "text", (c) => c.notNull())
      .addColumn("from_settings", "integer", (c) => c.notNull().defaultTo(0))
      .addColumn("is_default", "integer", (c) => c.notNull().defaultTo(0))
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .execute();
    await db.schema
      .createTable("memberships")
      .addColumn("user_id", "text", (c) => c.notNull().references("users.id").onDelete("cascade"))
      .addColumn("organization_code", "text", (c) =>
        c.notNull().references("organizations.code").onDelete("cascade"),
      )
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .addPrimaryKeyConstraint("memberships_pk", ["user_id", "organization_code"])
      .execute();
    await db.schema
      .createIndex("memberships_by_organization")
      .on("memberships")
      .column("organization_code")
      .execute();

    await db.schema
      .createTable("permissions")
      .addColumn("key", "text", (c) => c.primaryKey())
      .addColumn("description", "text", (c) => c.notNull())
      .execute();
    await db.schema
      .createTable("roles")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("key", "text", (c) => c.notNull().unique())
      .addColumn("name", "text", (c) => c.notNull())
      .addColumn("is_default", "integer", (c) => c.notNull().defaultTo(0))
      .execute();
    await db.schema
      .createTable("role_permissions")
      .addColumn("role_id", "text", (c) => c.notNull().references("roles.id").onDelete("cascade"))
      .addColumn("permission_key", "text", (c) =>
        c.notNull().references("permissions.key").onDelete("cascade"),
      )
      .addPrimaryKeyConstraint("role_permissions_pk", ["role_id", "permission_key"])
      .execute();
    await db.schema
      .createTable("membership_roles")
      .addColumn("user_id", "text", (c) => c.notNull())
      .addColumn("organization_code", "text", (c) => c.notNull())
      .addColumn("role_id", "text", (c) => c.notNull().references("roles.id").onDelete("cascade"))
      .addPrimaryKeyConstraint("membership_roles_pk", ["user_id", "organization_code", "role_id"])
      .addForeignKeyConstraint(
        "membership_roles_membership",
        ["user_id", "organization_code"],
        "memberships",
        ["user_id", "organization_code"],
        (c) => c.onDelete("cascade"),
      )
      .execute();

    await db.schema
      .createTable("flags")
      .addColumn("key", "text", (c) => c.primaryKey())
      .addColumn("type", "text", (c) => c.notNull())
      .addColumn("value", "text", (c) => c.notNull())
      .addColumn("description", "text", (c) => c.notNull())
      .execute();
    await db.schema
      .createTable("organization_flags")
      .addColumn("organization_code", "text", (c) =>
        c.notNull().references("organizations.code").onDelete("cascade"),
      )
      .addColumn("flag_key", "text", (c) => c.notNull().references("flags.key").onDelete("cascade"))
      .addColumn("value", "text", (c) => c.notNull())
      .addPrimaryKeyConstraint("organization_flags_pk", ["organization_code", "flag_key"])
      .execute();
    await db.schema
      .createTable("user_flags")
      .addColumn("user_id", "text", (c) => c.notNull().references("users.id").onDelete("cascade"))
      .addColumn("flag_key", "text", (c) => c.notNull().references("flags.key").onDelete("cascade"))
      .addColumn("value", "text", (c) => c.notNull())
      .addPrimaryKeyConstraint("user_flags_pk", ["user_id", "flag_key"])
      .execute();

    await db.schema
      .createTable("apis")
      .addColumn("audience", "text", (c) => c.primaryKey())
      .addColumn("name", "text", (c) => c.notNull())
      .addColumn("scopes", "text", (c) => c.notNull())
      .execute();
    await db.schema
      .createTable("applications")
      .addColumn("client_id", "text", (c) => c.primaryKey())
      .addColumn("name", "text", (c) => c.notNull())
      .addColumn("type", "text", (c) => c.notNull())
      .addColumn("redirect_uris", "text", (c) => c.notNull())
      .addColumn("post_logout_redirect_uris", "text", (c) => c.notNull())
      .addColumn("home_uri", "text")
      .execute();

    await db.schema
      .createTable("throttle")
      .addColumn("key", "text", (c) => c.primaryKey())
      .addColumn("failures", "integer", (c) => c.notNull())
      .addColumn("last_failure_at", "bigint", (c) => c.notNull())
      .addColumn("blocked_until", "bigint", (c) => c.notNull())
      .addColumn("expires_at", "bigint", (c) => c.notNull())
      .execute();
    await db.schema.createIndex("throttle_by_expiry").on("throttle").column("expires_at").execute();
    await db.schema
      .createTable("known_sources")
      .addColumn("user_id", "text", (c) => c.notNull().references("users.id").onDelete("cascade"))
      .addColumn("source_key", "text", (c) => c.notNull())
      .addColumn("last_seen_at", "bigint", (c) => c.notNull())
      .addPrimaryKeyConstraint("known_sources_pk", ["user_id", "source_key"])
      .execute();

    await db.schema
      .createTable("audit_events")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("occurred_at", "bigint", (c) => c.notNull())
      .addColumn("type", "text", (c) => c.notNull())
      .addColumn("outcome", "text", (c) => c.notNull())
      .addColumn("actor_id", "text")
      .addColumn("client_id", "text")
      .addColumn("source", "text")
      .addColumn("correlation_id", "text")
      .addColumn("detail", "text", (c) => c.notNull())
      .execute();
    await db.schema
      .createIndex("audit_events_by_actor")
      .on("audit_events")
      .columns(["actor_id", "id"])
      .execute();
  },
};
