import type { PasswordHasher } from "../credentials/password-hasher.ts";
import { newRoleId } from "../database/ids.ts";
import { type Database, inTransaction } from "../database/index.ts";
import { insertUser } from "../directory/create-user.ts";
import { DirectoryError } from "../directory/directory-error.ts";
import { findUserByEmail } from "../directory/find-user.ts";
import { addMember } from "../directory/memberships.ts";
import { applyApplications } from "./apply-applications.ts";
import { applyProperties, replaceUserProperties } from "./apply-properties.ts";
import type { FlagValue } from "./config.ts";
import { listed } from "./listed.ts";
import type { Settings, UserSettings } from "./settings.ts";

export interface ApplySettingsOptions {
  /** Creates the users of the settings who are missing: in development only. Needs `passwords`. */
  seedUsers?: PasswordHasher | false;
  /** Milliseconds since 1970; the system's clock if not given. */
  now?: number;
}

/**
 * Makes the database follow the settings; on every start, with the same result however often.
 *
 * Permissions, roles, flags, APIs and applications that the settings no longer name go away, and with them what
 * they granted. An organization that is no longer named stays as long as it has members. Users are created when they
 * are missing; of those who exist only the roles in the organizations that the settings name, the flags and the
 * properties follow.
 */
export async function applySettings(
  db: Database,
  settings: Settings,
  options: ApplySettingsOptions = {},
): Promise<void> {
  const now = options.now ?? Date.now();
  await inTransaction(db, async (trx) => {
    await applyPermissions(trx, settings);
    await applyRoles(trx, settings);
    await applyFlags(trx, settings);
    await applyOrganizations(trx, settings, now);
    await applyProperties(trx, settings);
    await applyApis(trx, settings);
    await applyApplications(trx, settings.applications, now);
  });
  if (!options.seedUsers) return;
  for (const user of settings.users) await seedUser(db, options.seedUsers, user, now);
}

async function applyPermissions(trx: Database, { permissions }: Settings): Promise<void> {
  await trx.deleteFrom("permissions").where("key", "not in", keysOf(permissions)).execute();
  for (const { key, description } of permissions) {
    await trx
      .insertInto("permissions")
      .values({ key, description })
      .onConflict((conflict) => conflict.column("key").doUpdateSet({ description }))
      .execute();
  }
}

async function applyRoles(trx: Database, { roles, defaults }: Settings): Promise<void> {
  await trx.deleteFrom("roles").where("key", "not in", keysOf(roles)).execute();
  for (const { key, name, permissions } of roles) {
    const is_default = defaults.roles.includes(key) ? 1 : 0;
    const is_creator = defaults.creatorRoles.includes(key) ? 1 : 0;
    const { id } = await trx
      .insertInto("roles")
      .values({ id: newRoleId(), key, name, is_default, is_creator })
      .onConflict((conflict) => conflict.column("key").doUpdateSet({ name, is_default, is_creator }))
      .returning("id")
      .executeTakeFirstOrThrow();
    await trx.deleteFrom("role_permissions").where("role_id", "=", id).execute();
    for (const permission_key of new Set(permissions)) {
      await trx.insertInto("role_permissions").values({ role_id: id, permission_key }).execute();
    }
  }
}

async function applyFlags(trx: Database, { flags }: Settings): Promise<void> {
  await trx.deleteFrom("flags").where("key", "not in", keysOf(flags)).execute();
  for (const { key, type, description, ...flag } of flags) {
    const value = JSON.stringify(flag.value);
    await trx
      .insertInto("flags")
      .values({ key, type, value, description })
      .onConflict((conflict) => conflict.column("key").doUpdateSet({ type, value, description }))
      .execute();
  }
}

async function applyOrganizations(trx: Database, settings: Settings, now: number): Promise<void> {
  const { organizations, defaults } = settings;
  const codes = organizations.map(({ code }) => code);
  await trx
    .deleteFrom("organizations")
    .where("from_settings", "=", 1)
    .where("code", "not in", listed(codes))
    .where("code", "not in", trx.selectFrom("memberships").select("organization_code"))
    .execute();
  await trx.updateTable("organizations").set({ from_settings: 0, is_default: 0 }).execute();
  for (const { code, name, flags } of organizations) {
    const values = { name, from_settings: 1, is_default: defaults.organization === code ? 1 : 0 } as const;
    await trx
      .insertInto("organizations")
      .values({ code, created_at: now, ...values })
      .onConflict((conflict) => conflict.column("code").doUpdateSet(values))
      .execute();
    await trx.deleteFrom("organization_flags").where("organization_code", "=", code).execute();
    for (const [flag_key, value] of Object.entries(flags)) {
      await trx
        .insertInto("organization_flags")
        .values({ organization_code: code, flag_key, value: JSON.stringify(value) })
        .execute();
    }
  }
}

async function applyApis(trx: Database, { apis }: Settings): Promise<void> {
  await trx
    .deleteFrom("apis")
    .where("audience", "not in", listed(apis.map((api) => api.audience)))
    .execute();
  for (const { audience, name, ...api } of apis) {
    const scopes = JSON.stringify(api.scopes);
    const values = { name, scopes, signing_algorithm: api.signingAlgorithm };
    await trx
      .insertInto("apis")
      .values({ audience, ...values })
      .onConflict((conflict) => conflict.column("audience").doUpdateSet(values))
      .execute();
  }
}

async function seedUser(
  db: Database,
  passwords: PasswordHasher,
  user: UserSettings,
  now: number,
): Promise<void> {
  if (!(await findUserByEmail(db, user.email))) {
    try {
      await insertUser(db, passwords, { ...user, now }, async () => {});
    } catch (error) {
      // Another process of the same project started at the same moment.
      if (!(error instanceof DirectoryError && error.code === "email_taken")) throw error;
    }
  }
  await inTransaction(db, async (trx) => {
    const found = await findUserByEmail(trx, user.email);
    if (!found) return;
    for (const [index, { code, roles }] of user.organizations.entries()) {
      await trx
        .deleteFrom("membership_roles")
        .where("user_id", "=", found.id)
        .where("organization_code", "=", code)
        .execute();
      await addMember(trx, { userId: found.id, organizationCode: code, roles, now: now + index });
    }
    await replaceFlags(trx, found.id, user.flags);
    await replaceUserProperties(trx, found.id, user.properties);
  });
}

async function replaceFlags(trx: Database, userId: string, flags: Record<string, FlagValue>): Promise<void> {
  await trx.deleteFrom("user_flags").where("user_id", "=", userId).execute();
  for (const [flag_key, value] of Object.entries(flags)) {
    await trx
      .insertInto("user_flags")
      .values({ user_id: userId, flag_key, value: JSON.stringify(value) })
      .execute();
  }
}

const keysOf = (entries: readonly { key: string }[]): string[] => listed(entries.map(({ key }) => key));
