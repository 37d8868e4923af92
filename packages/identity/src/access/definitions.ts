import type { Database } from "../database/index.ts";
import type { FlagType, FlagValue } from "../settings/config.ts";

export interface Permission {
  key: string;
  description: string;
}

export interface Role {
  id: string;
  key: string;
  name: string;
  /** Keys of permissions. */
  permissions: string[];
}

export interface Flag {
  key: string;
  type: FlagType;
  /** The environment's value. */
  value: FlagValue;
  description: string;
}

/** All permissions, by key. */
export async function listPermissions(db: Database): Promise<Permission[]> {
  return await db.selectFrom("permissions").select(["key", "description"]).orderBy("key").execute();
}

/** All roles with their permissions, by key. */
export async function listRoles(db: Database): Promise<Role[]> {
  const roles = await db.selectFrom("roles").select(["id", "key", "name"]).orderBy("key").execute();
  const grants = await db.selectFrom("role_permissions").selectAll().orderBy("permission_key").execute();
  return roles.map((role) => ({
    ...role,
    permissions: grants.filter((grant) => grant.role_id === role.id).map((grant) => grant.permission_key),
  }));
}

/** All feature flags with the environment's values, by key. */
export async function listFlags(db: Database): Promise<Flag[]> {
  const rows = await db.selectFrom("flags").selectAll().orderBy("key").execute();
  return rows.map((row) => ({ ...row, value: JSON.parse(row.value) as FlagValue }));
}
