import type { ClientAuthorizationState, KoaContextWithOIDC } from "oidc-provider";
import { findApplication } from "../access/index.ts";
import type { Database } from "../database/index.ts";
import { organizationsOf } from "../directory/index.ts";
import { decodeTarget, encodeTarget, type TokenTarget } from "./token-target.ts";

/** What a session remembers of one application, beyond what the provider keeps there. */
interface Remembered extends ClientAuthorizationState {
  /** Code of the organization that the last sign-in there was for. */
  organization?: string;
}

/**
 * Settles for which organization a request is, as far as that needs no question: the one it names, else the one
 * that the session was last in at this application. What is settled is remembered, so that neither a silent renewal
 * nor a reload asks again. A sign-in on the pages forgets it: whoever signs in may choose anew.
 *
 * Before the grant is looked up, because what is granted belongs to one target.
 */
export async function settleOrganization(db: Database, ctx: KoaContextWithOIDC): Promise<void> {
  const { account, client, session } = ctx.oidc;
  const target = targetOf(ctx);
  if (!account || !client || !session || !target || isCreationDue(ctx)) return;
  const organizations = await organizationsOf(db, account.accountId);
  const isMember = (code: string | undefined) => organizations.some((each) => each.code === code);

  session.authorizations ??= {};
  session.authorizations[client.clientId] ??= {};
  const memory = session.authorizations[client.clientId] as Remembered;
  const only = organizations.length === 1 ? organizations[0]?.code : undefined;
  const last = isMember(memory.organization) && !ctx.oidc.result?.login ? memory.organization : undefined;
  if (target.organization === undefined && last !== undefined && organizations.length > 1) {
    replaceTarget(ctx, { ...target, organization: last });
  }
  const settled = target.organization ?? last ?? only;
  if (settled !== undefined && settled !== memory.organization && isMember(settled)) {
    memory.organization = settled;
  }
}

/** Whether the request has to be asked which of several organizations it is for. */
export async function isChoiceDue(db: Database, ctx: KoaContextWithOIDC): Promise<boolean> {
  const { account } = ctx.oidc;
  const target = targetOf(ctx);
  if (!account || !target || target.organization !== undefined || isCreationDue(ctx)) return false;
  return (await organizationsOf(db, account.accountId)).length > 1;
}

/** Why somebody gets no further, as the application is told it. It does not say which organizations exist. */
export type MembershipProblem = "not_a_member" | "no_organization";

export const MEMBERSHIP_PROBLEMS: Record<MembershipProblem, string> = {
  not_a_member: "the user is not a member of the organization that was asked for",
  no_organization: "the user is not a member of any organization, and this application needs one",
};

/** What stands between the user and the organization that the request is for. */
export async function membershipProblem(
  db: Database,
  ctx: KoaContextWithOIDC,
): Promise<MembershipProblem | undefined> {
  const { account, client } = ctx.oidc;
  const target = targetOf(ctx);
  if (!account || !client || !target || isCreationDue(ctx)) return undefined;
  const organizations = await organizationsOf(db, account.accountId);
  if (target.organization !== undefined) {
    return organizations.some(({ code }) => code === target.organization) ? undefined : "not_a_member";
  }
  if (organizations.length > 0) return undefined;
  const application = await findApplication(db, client.clientId);
  return application?.organization === "required" ? "no_organization" : undefined;
}

/** Whether the request creates an organization and has not done so yet. */
export function isCreationDue({ oidc }: KoaContextWithOIDC): boolean {
  return oidc.params?.is_create_org === "true" && !oidc.result?.create_organization;
}

/** Whether the request brings an invitation that was neither accepted nor put aside yet. */
export function isInvitationDue({ oidc }: KoaContextWithOIDC): boolean {
  return typeof oidc.params?.invitation_code === "string" && !oidc.result?.invitation;
}

function targetOf({ oidc }: KoaContextWithOIDC): TokenTarget | undefined {
  const [indicator, another] = Object.keys(oidc.resourceServers ?? {});
  return indicator === undefined || another !== undefined ? undefined : decodeTarget(indicator);
}

/**
 * What the code will be for. The parameters stay as they came: a page may come in between, where somebody else signs in.
 */
function replaceTarget({ oidc }: KoaContextWithOIDC, target: TokenTarget): void {
  const servers = oidc.resourceServers ?? {};
  const indicator = encodeTarget(target);
  for (const [name, server] of Object.entries(servers)) {
    delete servers[name];
    servers[indicator] = new oidc.provider.ResourceServer(indicator, server);
  }
}
