import { type AuditContext, appendEvent } from "../audit/audit-log.ts";
import { newOrganizationCode, organizationCodeFor } from "../database/ids.ts";
import { type Database, inTransaction } from "../database/index.ts";
import { DirectoryError } from "./directory-error.ts";
import { normaliseName } from "./name.ts";
import type { Organization } from "./user.ts";

/** The organizations of a user, those joined first in front. */
export async function organizationsOf(db: Database, userId: string): Promise<Organization[]> {
  return await db
    .selectFrom("memberships")
    .innerJoin("organizations", "organizations.code", "memberships.organization_code")
    .select(["organizations.code", "organizations.name"])
    .where("memberships.user_id", "=", userId)
    .orderBy("memberships.created_at")
    .orderBy("organizations.code")
    .execute();
}

export async function findOrganization(db: Database, code: string): Promise<Organization | undefined> {
  return await db
    .selectFrom("organizations")
    .select(["code", "name"])
    .where("code", "=", code)
    .executeTakeFirst();
}

/** All organizations, by name. */
export async function listOrganizations(db: Database): Promise<Organization[]> {
  return await db
    .selectFrom("organizations")
    .select(["code", "name"])
    .orderBy("name")
    .orderBy("code")
    .execute();
}

export interface CreateOrganizationInput {
  name: string;
  ownerId: string;
  /**
   * A secret that names this one creation, such as the id of a sign-in: however many requests bring it, and to
   * however many processes, one organization comes of it.
   */
  onceFor?: string;
  context?: AuditContext;
  /** Milliseconds since 1970; the system's clock if not given. */
  now?: number;
}

/**
 * Creates an organization whose owner is its first member, with the roles of those who create one.
 *
 * @throws DirectoryError `input_invalid` when the name is empty, too long or not one line; `user_unknown`.
 */
export async function createOrganization(
  db: Database,
  input: CreateOrganizationInput,
): Promise<Organization> {
  const name = normaliseName(input.name);
  if (!name) {
    throw new DirectoryError(
      "input_invalid",
      "Please give the organization a name in one line of at most 100 characters.",
    );
  }
  const now = input.now ?? Date.now();
  return await inTransaction(db, async (trx) => {
    const code = input.onceFor === undefined ? newOrganizationCode() : organizationCodeFor(input.onceFor);
    const added = await trx
      .insertInto("organizations")
      .values({ code, name, from_settings: 0, is_default: 0, created_at: now })
      .onConflict((conflict) => conflict.column("code").doNothing())
      .executeTakeFirst();
    if (added.numInsertedOrUpdatedRows === 0n) return await createdBefore(trx, code, input.ownerId);
    const roles = await rolesWhere(trx, "is_creator");
    await addMember(trx, { userId: input.ownerId, organizationCode: code, roles, now });
    await appendEvent(trx, {
      ...input.context,
      type: "organization_created",
      outcome: "ok",
      actorId: input.ownerId,
      detail: { organization: code },
      now,
    });
    return { code, name };
  });
}

/** What another request has created in the same place. Somebody else's is nobody's business. */
async function createdBefore(db: Database, code: string, ownerId: string): Promise<Organization> {
  const organization = (await organizationsOf(db, ownerId)).find((each) => each.code === code);
  if (organization) return organization;
  throw new DirectoryError("organization_unknown", "This organization was created by somebody else.");
}

/**
 * Makes someone a member, with these roles added to those they may have there already.
 *
 * @param input.roles keys of roles.
 * @throws DirectoryError `user_unknown`, `organization_unknown`, `role_unknown`.
 */
export async function addMember(
  db: Database,
  input: { userId: string; organizationCode: string; roles?: readonly string[]; now?: number },
): Promise<void> {
  const { userId, organizationCode, roles = [] } = input;
  await inTransaction(db, async (trx) => {
    const user = await trx.selectFrom("users").select("id").where("id", "=", userId).executeTakeFirst();
    if (!user) throw new DirectoryError("user_unknown", "There is no such user.");
    if (!(await findOrganization(trx, organizationCode))) {
      throw new DirectoryError("organization_unknown", `There is no organization "${organizationCode}".`);
    }
    await trx
      .insertInto("memberships")
      .values({ user_id: userId, organization_code: organizationCode, created_at: input.now ?? Date.now() })
      .onConflict((conflict) => conflict.columns(["user_id", "organization_code"]).doNothing())
      .execute();
    for (const key of roles) {
      const role = await trx.selectFrom("roles").select("id").where("key", "=", key).executeTakeFirst();
      if (!role) throw new DirectoryError("role_unknown", `There is no role "${key}".`);
      await trx
        .insertInto("membership_roles")
        .values({ user_id: userId, organization_code: organizationCode, role_id: role.id })
        .onConflict((conflict) => conflict.columns(["user_id", "organization_code", "role_id"]).doNothing())
        .execute();
    }
  });
}

/** Makes someone a member of the default organization, if there is one, with the default roles. */
export async function joinDefaultOrganization(
  db: Database,
  { userId, now }: { userId: string; now: number },
): Promise<void> {
  const organization = await db
    .selectFrom("organizations")
    .select("code")
    .where("is_default", "=", 1)
    .executeTakeFirst();
  if (!organization) return;
  const roles = await rolesWhere(db, "is_default");
  await addMember(db, { userId, organizationCode: organization.code, roles, now });
}

async function rolesWhere(db: Database, mark: "is_default" | "is_creator"): Promise<string[]> {
  const rows = await db.selectFrom("roles").select("key").where(mark, "=", 1).orderBy("key").execute();
  return rows.map((row) => row.key);
}

/** A membership as a list of users shows it. */
export interface Membership extends Organization {
  /** Keys of roles. */
  roles: string[];
}

/** The memberships of a user with the keys of their roles. */
export async function membershipsOf(db: Database, userId: string): Promise<Membership[]> {
  const organizations = await organizationsOf(db, userId);
  const rows = await db
    .selectFrom("membership_roles")
    .innerJoin("roles", "roles.id", "membership_roles.role_id")
    .select(["membership_roles.organization_code as code", "roles.key as key"])
    .where("membership_roles.user_id", "=", userId)
    .orderBy("roles.key")
    .execute();
  return organizations.map((organization) => ({
    ...organization,
    roles: rows.filter((row) => row.code === organization.code).map((row) => row.key),
  }));
}
