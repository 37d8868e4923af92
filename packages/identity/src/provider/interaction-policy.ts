import { interactionPolicy, type KoaContextWithOIDC } from "oidc-provider";
import type { Database } from "../database/index.ts";
import {
  isChoiceDue,
  isCreationDue,
  isInvitationDue,
  MEMBERSHIP_PROBLEMS,
  type MembershipProblem,
  membershipProblem,
} from "./organization-choice.ts";

const { Check, Prompt, base } = interactionPolicy;

/** What development controls may demand: that nobody counts as signed in, or that consent is always asked for. */
export type DemandedPrompt = "login_required" | "consent_required";

type Condition = (ctx: KoaContextWithOIDC) => boolean | Promise<boolean>;

/**
 * Which pages a sign-in needs, in order: registration when it was asked for (`prompt=create`, OpenID Connect
 * Prompt Create 1.0), sign-in, an invitation, a new organization when it was asked for, the choice among several,
 * and consent when it was asked for. Who is not a member of what was asked for gets no further than a page that says so.
 */
export function createInteractionPolicy(
  db: Database,
  demanded: () => DemandedPrompt | undefined,
): interactionPolicy.DefaultPolicy {
  const policy = base();
  const add = (prompt: string, reason: string, description: string, error: string, condition: Condition) =>
    policy.get(prompt)?.checks.add(new Check(reason, description, error, condition));

  policy.add(new Prompt({ name: "create", requestable: true }), 0);
  policy.add(new Prompt({ name: "invitation" }), 2);
  policy.add(new Prompt({ name: "create_organization" }), 3);
  policy.add(new Prompt({ name: "choose_organization" }), 4);
  policy.add(new Prompt({ name: "membership" }), 5);
  add(
    "login",
    "account_missing",
    "the account of the session is gone",
    "login_required",
    ({ oidc }) => oidc.session?.accountId !== undefined && oidc.account === undefined,
  );
  add(
    "login",
    "login_demanded",
    "the end-user has to sign in again",
    "login_required",
    ({ oidc }) => demanded() === "login_required" && !oidc.result?.login,
  );
  add(
    "invitation",
    "invitation_pending",
    "the end-user has to accept the invitation",
    "interaction_required",
    isInvitationDue,
  );
  add(
    "create_organization",
    "name_missing",
    "a name for the new organization is needed",
    "interaction_required",
    isCreationDue,
  );
  add(
    "choose_organization",
    "organization_unclear",
    "the end-user has to choose an organization",
    "interaction_required",
    (ctx) => isChoiceDue(db, ctx),
  );
  for (const problem of Object.keys(MEMBERSHIP_PROBLEMS) as MembershipProblem[]) {
    add(
      "membership",
      problem,
      MEMBERSHIP_PROBLEMS[problem],
      "access_denied",
      async (ctx) => (await membershipProblem(db, ctx)) === problem,
    );
  }
  add(
    "consent",
    "consent_demanded",
    "the end-user has to agree again",
    "consent_required",
    ({ oidc }) => demanded() === "consent_required" && !oidc.result?.consent,
  );
  return policy;
}
