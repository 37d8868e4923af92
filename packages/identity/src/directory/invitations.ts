import { createHash, randomBytes } from "node:crypto";
import { type AuditContext, appendEvent } from "../audit/audit-log.ts";
import { newInvitationId } from "../database/ids.ts";
import { type Database, inTransaction } from "../database/index.ts";
import type { InvitationsTable } from "../database/migrations/0005-invitations.ts";
import { DirectoryError } from "./directory-error.ts";
import { emailKey, normaliseEmail } from "./email.ts";
import { addMember, findOrganization } from "./memberships.ts";
import type { Organization } from "./user.ts";

const DAY = 24 * 3_600_000;

/** Days that an invitation can be accepted, unless it says otherwise, and at most. */
const DEFAULT_DAYS = 7;
const MOST_DAYS = 90;

export type InvitationStatus = "open" | "used" | "expired" | "revoked";

/** An invitation without its code, which nobody can know again. */
export interface Invitation {
  /** `inv_` and 32 hexadecimal digits. */
  id: string;
  organization: Organization;
  /** Whom it is for; `null` for whoever has the code. */
  email: string | null;
  /** Keys of the roles that it brings. */
  roles: string[];
  status: InvitationStatus;
  /** Milliseconds since 1970. */
  createdAt: number;
  /** Milliseconds since 1970. */
  expiresAt: number;
  /** Id of the user who accepted it. */
  usedBy: string | null;
}

export interface CreateInvitationInput {
  /** Code of the organization. */
  organization: string;
  /** Only somebody with this address can accept it. */
  email?: string;
  /** Keys of roles in the organization. */
  roles?: readonly string[];
  /** Days that it can be accepted, 1 to 90; 7 if not given. */
  days?: number;
  /** Milliseconds since 1970; the system's clock if not given. */
  now?: number;
}

/** The form in which codes are kept and compared. */
export function invitationHash(code: string): string {
  return createHash("sha256").update(code).digest("base64url");
}

/**
 * Makes an invitation to an organization. The code, of 192 random bits, is in the answer and nowhere else.
 *
 * @throws DirectoryError `input_invalid`, `organization_unknown`, `role_unknown`.
 */
export async function createInvitation(
  db: Database,
  input: CreateInvitationInput,
): Promise<Invitation & { code: string }> {
  const { days = DEFAULT_DAYS, roles = [], now = Date.now() } = input;
  if (!Number.isInteger(days) || days < 1 || days > MOST_DAYS) {
    throw new DirectoryError("input_invalid", `An invitation is good for 1 to ${MOST_DAYS} whole days.`);
  }
  const email = input.email === undefined ? null : normaliseEmail(input.email);
  if (input.email !== undefined && email === null) {
    throw new DirectoryError(
      "input_invalid",
      "The invitation needs an e-mail address, like name@example.com.",
    );
  }
  const code = randomBytes(24).toString("base64url");
  const id = newInvitationId();
  return await inTransaction(db, async (trx) => {
    if (!(await findOrganization(trx, input.organization))) {
      throw new DirectoryError("organization_unknown", `There is no organization "${input.organization}".`);
    }
    await trx
      .insertInto("invitations")
      .values({
        id,
        code_hash: invitationHash(code),
        organization_code: input.organization,
        email,
        email_key: email === null ? null : emailKey(email),
        created_at: now,
        expires_at: now + days * DAY,
        used_at: null,
        used_by: null,
        revoked_at: null,
      })
      .execute();
    for (const key of new Set(roles)) {
      const role = await trx.selectFrom("roles").select("id").where("key", "=", key).executeTakeFirst();
      if (!role) throw new DirectoryError("role_unknown", `There is no role "${key}".`);
      await trx.insertInto("invitation_roles").values({ invitation_id: id, role_id: role.id }).execute();
    }
    await appendEvent(trx, {
      type: "invitation_created",
      outcome: "ok",
      detail: { invitation: id, organization: input.organization },
      now,
    });
    const [invitation] = await invitationsWhere(trx, { id }, now);
    if (!invitation) throw new Error("An invitation that was just stored is not there.");
    return { ...invitation, code };
  });
}

/** All invitations, the newest first. */
export async function listInvitations(db: Database, now: number = Date.now()): Promise<Invitation[]> {
  return await invitationsWhere(db, {}, now);
}

/** The invitation with this hash of its code ({@link invitationHash}), whatever became of it. */
export async function findInvitation(
  db: Database,
  hash: string,
  now: number = Date.now(),
): Promise<Invitation | undefined> {
  const [invitation] = await invitationsWhere(db, { hash }, now);
  return invitation;
}

/**
 * Takes an open invitation back.
 *
 * @throws DirectoryError `invitation_unknown` when there is none with this id that is open.
 */
export async function revokeInvitation(db: Database, id: string, now: number = Date.now()): Promise<void> {
  await inTransaction(db, async (trx) => {
    const revoked = await trx
      .updateTable("invitations")
      .set({ revoked_at: now })
      .where("id", "=", id)
      .where("used_at", "is", null)
      .where("revoked_at", "is", null)
      .where("expires_at", ">", now)
      .executeTakeFirst();
    if (revoked.numUpdatedRows === 0n) {
      throw new DirectoryError("invitation_unknown", "There is no open invitation with this id.");
    }
    await appendEvent(trx, { type: "invitation_revoked", outcome: "ok", detail: { invitation: id }, now });
  });
}

/** Why an invitation brings this person nowhere. */
export type InvitationRefusal = "unknown" | "used" | "expired" | "revoked" | "other_email";

/** What stands between a person and an invitation; `undefined` if nothing does. They may accept it twice. */
export function invitationRefusal(
  invitation: Invitation | undefined,
  user?: { id: string; email: string },
): InvitationRefusal | undefined {
  if (!invitation) return "unknown";
  if (invitation.status === "used" && invitation.usedBy === user?.id) return undefined;
  if (invitation.status !== "open") return invitation.status;
  const foreign = user && invitation.email !== null && emailKey(user.email) !== emailKey(invitation.email);
  return foreign ? "other_email" : undefined;
}

export interface AcceptInvitationInput {
  /** Of its code ({@link invitationHash}). */
  hash: string;
  user: { id: string; email: string };
  context?: AuditContext;
  /** Address of the browser, for the audit log. */
  source?: string;
  now?: number;
}

/** Accepts an invitation, or says why not. Who has accepted it before is told the same again, while they are a member. */
export async function acceptInvitation(
  db: Database,
  input: AcceptInvitationInput,
): Promise<{ organization: Organization } | { refused: InvitationRefusal }> {
  const { hash, user, now = Date.now() } = input;
  const event = { ...input.context, actorId: user.id, source: input.source ?? null, now };
  return await inTransaction(db, async (trx) => {
    const invitation = await findInvitation(trx, hash, now);
    const refused = invitationRefusal(invitation, user);
    if (
      !invitation ||
      refused ||
      (invitation.status === "used" && !(await isMember(trx, invitation, user.id)))
    ) {
      const reason = refused ?? "used";
      const detail = { reason, ...(invitation ? { invitation: invitation.id } : {}) };
      await appendEvent(trx, { ...event, type: "invitation_refused", outcome: "failed", detail });
      return { refused: reason };
    }
    const { id, organization, roles } = invitation;
    if (invitation.status === "used") return { organization };
    // The condition is what makes it single use on a database where two transactions may read at once.
    const used = await trx
      .updateTable("invitations")
      .set({ used_at: now, used_by: user.id })
      .where("id", "=", id)
      .where("used_at", "is", null)
      .where("revoked_at", "is", null)
      .executeTakeFirst();
    if (used.numUpdatedRows === 0n) return { refused: "used" };
    await addMember(trx, { userId: user.id, organizationCode: organization.code, roles, now });
    const detail = { invitation: id, organization: organization.code };
    await appendEvent(trx, { ...event, type: "invitation_accepted", outcome: "ok", detail });
    return { organization };
  });
}

async function isMember(db: Database, { organization }: Invitation, userId: string): Promise<boolean> {
  const row = await db
    .selectFrom("memberships")
    .select("user_id")
    .where("user_id", "=", userId)
    .where("organization_code", "=", organization.code)
    .executeTakeFirst();
  return row !== undefined;
}

async function invitationsWhere(
  db: Database,
  condition: { id?: string; hash?: string },
  now: number,
): Promise<Invitation[]> {
  let query = db
    .selectFrom("invitations")
    .innerJoin("organizations", "organizations.code", "invitations.organization_code")
    .selectAll("invitations")
    .select("organizations.name as organization_name")
    .orderBy("invitations.created_at", "desc")
    .orderBy("invitations.id");
  if (condition.id !== undefined) query = query.where("invitations.id", "=", condition.id);
  if (condition.hash !== undefined) query = query.where("invitations.code_hash", "=", condition.hash);
  const rows = await query.execute();
  const invitations: Invitation[] = [];
  for (const row of rows) {
    const roles = await db
      .selectFrom("invitation_roles")
      .innerJoin("roles", "roles.id", "invitation_roles.role_id")
      .select("roles.key as key")
      .where("invitation_roles.invitation_id", "=", row.id)
      .orderBy("roles.key")
      .execute();
    invitations.push({
      id: row.id,
      organization: { code: row.organization_code, name: row.organization_name },
      email: row.email,
      roles: roles.map(({ key }) => key),
      status: statusOf(row, now),
      createdAt: row.created_at,
      expiresAt: row.expires_at,
      usedBy: row.used_by,
    });
  }
  return invitations;
}

function statusOf(row: InvitationsTable, now: number): InvitationStatus {
  if (row.used_at !== null) return "used";
  if (row.revoked_at !== null) return "revoked";
  return row.expires_at <= now ? "expired" : "open";
}
