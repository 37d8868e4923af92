import type { Database } from "../database/index.ts";
import { organizationsOf } from "../directory/memberships.ts";
import type { Organization } from "../directory/user.ts";
import type { FlagType, FlagValue } from "../settings/config.ts";

/** A flag as tokens carry it: `t` is `s`, `b` or `i` for string, boolean, integer; `v` its value. */
export interface FlagClaim {
  t: "s" | "b" | "i";
  v: FlagValue;
}

/** What someone may do, in one organization. */
export interface Access {
  /** `null` for someone without an organization, or not a member of the one that was asked for. */
  organization: Organization | null;
  /** Keys, sorted, each once. */
  permissions: string[];
  roles: { id: string; key: string; name: string }[];
  flags: Record<string, FlagClaim>;
}

const TYPE_LETTERS: Record<FlagType, FlagClaim["t"]> = { string: "s", boolean: "b", integer: "i" };

/**
 * What a token for this user says: the roles they have in the organization, the permissions of those roles, and
 * the feature flags, where the user's value beats the organization's and that the environment's.
 *
 * Whoever is not a member of `organizationCode` gets no organization, no role and no permission. Whether that is an
 * error is for the caller to say, who can ask `organizationsOf`.
 *
 * @param input.organizationCode the organization they joined first if not given.
 */
export async function accessOf(
  db: Database,
  input: { userId: string; organizationCode?: string | null },
): Promise<Access> {
  const { userId, organizationCode } = input;
  const organizations = await organizationsOf(db, userId);
  const organization =
    (organizationCode ? organizations.find(({ code }) => code === organizationCode) : organizations[0]) ??
    null;
  const code = organization?.code ?? null;
  const [roles, permissions, flags] = [
    code === null ? [] : await rolesIn(db, userId, code),
    code === null ? [] : await permissionsIn(db, userId, code),
    await flagsFor(db, userId, code),
  ];
  return { organization, permissions, roles, flags };
}

async function rolesIn(db: Database, userId: string, code: string): Promise<Access["roles"]> {
  return await db
    .selectFrom("membership_roles")
    .innerJoin("roles", "roles.id", "membership_roles.role_id")
    .select(["roles.id", "roles.key", "roles.name"])
    .where("membership_roles.user_id", "=", userId)
    .where("membership_roles.organization_code", "=", code)
    .orderBy("roles.key")
    .execute();
}

async function permissionsIn(db: Database, userId: string, code: string): Promise<string[]> {
  const rows = await db
    .selectFrom("membership_roles")
    .innerJoin("role_permissions", "role_permissions.role_id", "membership_roles.role_id")
    .select("role_permissions.permission_key as key")
    .distinct()
    .where("membership_roles.user_id", "=", userId)
    .where("membership_roles.organization_code", "=", code)
    .orderBy("key")
    .execute();
  return rows.map(({ key }) => key);
}

async function flagsFor(db: Database, userId: string, code: string | null): Promise<Access["flags"]> {
  const environment = await db.selectFrom("flags").select(["key", "type", "value"]).orderBy("key").execute();
  const ofOrganization =
    code === null
      ? []
      : await db
          .selectFrom("organization_flags")
          .select(["flag_key as key", "value"])
          .where("organization_code", "=", code)
          .execute();
  const ofUser = await db
    .selectFrom("user_flags")
    .select(["flag_key as key", "value"])
    .where("user_id", "=", userId)
    .execute();
  const values = new Map(
    [...environment, ...ofOrganization, ...ofUser].map(({ key, value }) => [key, value]),
  );
  return Object.fromEntries(
    environment.map(({ key, type, value }) => [
      key,
      { t: TYPE_LETTERS[type], v: JSON.parse(values.get(key) ?? value) as FlagValue },
    ]),
  );
}
