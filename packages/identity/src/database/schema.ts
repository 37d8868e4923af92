import type { ColumnType } from "kysely";
import type { ProviderSchema } from "./migrations/0002-provider.ts";
import type { ApplicationsSchema } from "./migrations/0003-applications.ts";
import type { InvitationsSchema } from "./migrations/0005-invitations.ts";
import type { PropertiesSchema } from "./migrations/0006-properties.ts";

/** Milliseconds since 1970, UTC. */
export type Timestamp = number;

/** A JSON document kept as text, because SQLite and PostgreSQL agree on text only. */
export type JsonText = string;

/** 0 or 1: SQLite has no boolean. */
export type Flag01 = 0 | 1;

/** A person who can sign in. */
export interface UsersTable {
  /** `kp_` and 32 hexadecimal digits. */
  id: string;
  /** The address as it was typed, for display and for the `email` claim. */
  email: string;
  /** The address as it is compared: NFKC, lower case, the domain in its ASCII form. Unique. */
  email_key: string;
  email_verified: Flag01;
  given_name: string | null;
  family_name: string | null;
  picture: string | null;
  created_at: Timestamp;
  updated_at: Timestamp;
}

/** The password of a user, as a PHC string. In a table of its own, so that no list of users ever carries it. */
export interface PasswordsTable {
  user_id: string;
  hash: string;
  updated_at: Timestamp;
}

export interface OrganizationsTable {
  /** `org_` and random hexadecimal digits, or the code the settings give. */
  code: string;
  name: string;
  /** 1 when the settings own it: it then follows them on every start. */
  from_settings: Flag01;
  /** 1 for the organization that people who register join. */
  is_default: Flag01;
  created_at: Timestamp;
}

export interface MembershipsTable {
  user_id: string;
  organization_code: string;
  created_at: Timestamp;
}

export interface MembershipRolesTable {
  user_id: string;
  organization_code: string;
  role_id: string;
}

export interface PermissionsTable {
  key: string;
  description: string;
}

export interface RolesTable {
  /** `role_` and random hexadecimal digits; stays when the settings change the name. */
  id: string;
  key: string;
  name: string;
  /** 1 for a role that people who register receive in the default organization. */
  is_default: Flag01;
  /** 1 for a role that people receive in an organization that they create. */
  is_creator: Flag01;
}

export interface RolePermissionsTable {
  role_id: string;
  permission_key: string;
}

export interface FlagsTable {
  key: string;
  type: "string" | "boolean" | "integer";
  /** The value in the whole environment. */
  value: JsonText;
  description: string;
}

export interface OrganizationFlagsTable {
  organization_code: string;
  flag_key: string;
  value: JsonText;
}

export interface UserFlagsTable {
  user_id: string;
  flag_key: string;
  value: JsonText;
}

export interface ApisTable {
  audience: string;
  name: string;
  scopes: JsonText;
  signing_algorithm: string;
}

export interface ApplicationsTable {
  client_id: string;
  name: string;
  type: "spa" | "web" | "native" | "machine";
  redirect_uris: JsonText;
  post_logout_redirect_uris: JsonText;
  home_uri: string | null;
  /** How it shows who it is; of a public client nothing is asked. */
  authentication: "none" | "secret" | "private_key_jwt";
  /** Public keys that its assertions are signed with. */
  jwks: JsonText | null;
  pkce: "required" | "optional";
  /** What it may use in its own name. */
  apis: JsonText;
  /** 1 when nobody signs in to it outside of an organization. */
  needs_organization: Flag01;
}

/** Failed sign-ins, counted; kept in the database so that a restart forgives nothing. */
export interface ThrottleTable {
  /** What is counted, then a hash of whom: never an address or a name in the clear. */
  key: string;
  failures: number;
  last_failure_at: Timestamp;
  blocked_until: Timestamp;
  /** When the row may be forgotten. */
  expires_at: Timestamp;
}

/** Where an account has signed in with success: such a source is not held up by what strangers do to the account. */
export interface KnownSourcesTable {
  user_id: string;
  source_key: string;
  last_seen_at: Timestamp;
}

/** What happened, when, to whom, from where. Rows are added, never changed. */
export interface AuditEventsTable {
  /** `evt_`, the time and something random: ascending, so that a page of events has an order. */
  id: string;
  occurred_at: Timestamp;
  type: string;
  outcome: "ok" | "failed";
  actor_id: string | null;
  client_id: string | null;
  source: string | null;
  correlation_id: string | null;
  detail: JsonText;
}

/** Which migrations this database has seen. */
export interface SchemaMigrationsTable {
  name: string;
  applied_at: ColumnType<Timestamp, Timestamp, never>;
}

/** The tables of migration 0001. */
export interface DirectorySchema {
  users: UsersTable;
  passwords: PasswordsTable;
  organizations: OrganizationsTable;
  memberships: MembershipsTable;
  membership_roles: MembershipRolesTable;
  permissions: PermissionsTable;
  roles: RolesTable;
  role_permissions: RolePermissionsTable;
  flags: FlagsTable;
  organization_flags: OrganizationFlagsTable;
  user_flags: UserFlagsTable;
  apis: ApisTable;
  applications: ApplicationsTable;
  throttle: ThrottleTable;
  known_sources: KnownSourcesTable;
  audit_events: AuditEventsTable;
  schema_migrations: SchemaMigrationsTable;
}

/** Every table of the database. */
export interface Schema
  extends DirectorySchema,
    ProviderSchema,
    ApplicationsSchema,
    InvitationsSchema,
    PropertiesSchema {}
