import { interactionPolicy, type KoaContextWithOIDC } from "oidc-provider";

const { Check, Prompt, base } = interactionPolicy;

/** What development controls may demand: that nobody counts as signed in, or that consent is always asked for. */
export type DemandedPrompt = "login_required" | "consent_required";

type Condition = (ctx: KoaContextWithOIDC) => boolean;

/**
 * Which pages a sign-in needs, in order: registration when it was asked for (`prompt=create`, OpenID Connect
 * Prompt Create 1.0), sign-in, a new organization when it was asked for, and consent when it was asked for.
 */
export function createInteractionPolicy(
  demanded: () => DemandedPrompt | undefined,
): interactionPolicy.DefaultPolicy {
  const policy = base();
  const add = (prompt: string, reason: string, description: string, error: string, condition: Condition) =>
    policy.get(prompt)?.checks.add(new Check(reason, description, error, condition));

  policy.add(new Prompt({ name: "create", requestable: true }), 0);
  policy.add(new Prompt({ name: "create_organization" }), 2);
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
    "create_organization",
    "name_missing",
    "a name for the new organization is needed",
    "interaction_required",
    ({ oidc }) => oidc.params?.is_create_org === "true" && !oidc.result?.create_organization,
  );
  add(
    "consent",
    "consent_demanded",
    "the end-user has to agree again",
    "consent_required",
    ({ oidc }) => demanded() === "consent_required" && !oidc.result?.consent,
  );
  return policy;
}
