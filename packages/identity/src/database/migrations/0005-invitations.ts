import type { Migration } from "../migration.ts";

/** Invitations to an organization. */
export interface InvitationsTable {
  /** `inv_` and random hexadecimal digits: how those who run the server name it. */
  id: string;
  /** SHA-256 of the code in base64url. The code itself is shown once, when it is made. */
  code_hash: string;
  organization_code: string;
  /** Whom it is for, as it was typed; `null` for whoever has the code. */
  email: string | null;
  /** The address as addresses are compared. */
  email_key: string | null;
  /** Milliseconds since 1970. */
  created_at: number;
  expires_at: number;
  /** When it was accepted, once only, and by whom. */
  used_at: number | null;
  used_by: string | null;
  revoked_at: number | null;
}

/** Roles that whoever accepts an invitation receives. */
export interface InvitationRolesTable {
  invitation_id: string;
  role_id: string;
}

/** The tables of migration 0005. */
export interface InvitationsSchema {
  invitations: InvitationsTable;
  invitation_roles: InvitationRolesTable;
}

/** Invitations by code, what those who create an organization may do in it, and applications that need one. */
export const invitations: Migration = {
  name: "0005-invitations",
  async up(db) {
    await db.schema
      .createTable("invitations")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("code_hash", "text", (c) => c.notNull().unique())
      .addColumn("organization_code", "text", (c) =>
        c.notNull().references("organizations.code").onDelete("cascade"),
      )
      .addColumn("email", "text")
      .addColumn("email_key", "text")
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .addColumn("expires_at", "bigint", (c) => c.notNull())
      .addColumn("used_at", "bigint")
      .addColumn("used_by", "text", (c) => c.references("users.id").onDelete("set null"))
      .addColumn("revoked_at", "bigint")
      .execute();
    await db.schema
      .createTable("invitation_roles")
      .addColumn("invitation_id", "text", (c) => c.notNull().references("invitations.id").onDelete("cascade"))
      .addColumn("role_id", "text", (c) => c.notNull().references("roles.id").onDelete("cascade"))
      .addPrimaryKeyConstraint("invitation_roles_pk", ["invitation_id", "role_id"])
      .execute();
    await db.schema
      .alterTable("roles")
      .addColumn("is_creator", "integer", (c) => c.notNull().defaultTo(0))
      .execute();
    await db.schema
      .alterTable("applications")
      .addColumn("needs_organization", "integer", (c) => c.notNull().defaultTo(0))
      .execute();
  },
};
