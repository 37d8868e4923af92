import type { SignInOptions } from "@hallpass/client";
import { pathOf, sameAsProvider } from "../sdk-options.ts";

/** What a sign-in may ask for, by the names of Kinde's SDK. */
export interface LoginMethodParams {
  /** No other than the provider's. */
  audience?: string | string[] | undefined;
  /** None but the provider's. */
  scope?: string[] | undefined;
  isCreateOrg?: boolean | undefined;
  prompt?: "none" | "create" | "login" | undefined;
  lang?: string | undefined;
  loginHint?: string | undefined;
  orgCode?: string | undefined;
  orgName?: string | undefined;
  connectionId?: string | undefined;
  /** Where the issuer sends the browser back to, instead of the provider's `redirectUri`. */
  redirectURL?: string | undefined;
  hasSuccessPage?: boolean | undefined;
  workflowDeploymentId?: string | undefined;
  /** Sent along under their own names, such as `utm_source`. */
  properties?: Record<string, string | undefined> | undefined;
  /** Means nothing here. */
  supportsReauth?: boolean | undefined;
  planInterest?: string | undefined;
  pricingTableKey?: string | undefined;
  pagesMode?: "preview" | undefined;
  invitationCode?: string | undefined;
}

export interface SignInParameters extends LoginMethodParams {
  /** Given back to `onSuccess`. It stays in this browser. */
  state?: Record<string, string> | undefined;
}

/** What a sign-in has in common with all others of its provider. */
export interface SignInSetting {
  readonly audience?: string | undefined;
  readonly scope?: string | undefined;
  readonly redirectUri: string;
}

/** Those that our own sign-in has, by the same name. */
const SAME = [
  "isCreateOrg",
  "prompt",
  "lang",
  "loginHint",
  "orgCode",
  "orgName",
  "connectionId",
  "hasSuccessPage",
  "workflowDeploymentId",
  "planInterest",
  "pricingTableKey",
  "pagesMode",
  "invitationCode",
] as const;

const OTHER = ["audience", "scope", "redirectURL", "properties", "supportsReauth", "state"] as const;

/**
 * The options of a sign-in that ends at its redirect URI, as in Kinde's SDK, and not where it was begun.
 *
 * @throws {AuthError} `option_invalid` for an audience or a scope that is not the provider's
 */
export function signInOptions(
  wanted: SignInParameters,
  setting: SignInSetting,
  event: string,
): SignInOptions {
  sameAsProvider("audience", wanted.audience, setting.audience);
  sameAsProvider("scope", wanted.scope, setting.scope);
  const redirectUri = wanted.redirectURL ?? setting.redirectUri;
  const same = Object.fromEntries(
    SAME.map((name) => [name, wanted[name]]).filter(([, value]) => value !== undefined),
  );
  const { invitationCode } = wanted;
  return {
    ...same,
    ...(invitationCode !== undefined && { isInvitation: true }),
    parameters: Object.fromEntries(
      Object.entries(wanted.properties ?? {}).filter((entry): entry is [string, string] => !!entry[1]),
    ),
    redirectUri,
    returnTo: pathOf(redirectUri),
    appState: { event, state: wanted.state ?? {} },
  };
}

/** Parts the properties of a link into what is asked for and what the button takes. */
export function separate<Props extends SignInParameters>(
  props: Props,
): [wanted: SignInParameters, button: Omit<Props, keyof SignInParameters>] {
  const names: readonly string[] = [...SAME, ...OTHER];
  const entries = Object.entries(props);
  const pick = (ours: boolean) =>
    Object.fromEntries(entries.filter(([name]) => names.includes(name) === ours));
  return [pick(true), pick(false) as Omit<Props, keyof SignInParameters>];
}
