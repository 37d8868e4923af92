import { encode } from "./base64url.ts";
import type { IssuerFamily } from "./issuer.ts";

/** Whatever survives JSON. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue | undefined };

/**
 * What a sign-in may ask for. Names are camelCase here and snake_case on the wire (`loginHint` → `login_hint`);
 * what an issuer does not know, it ignores.
 */
export interface SignInOptions {
  /** Where the person wants to be afterwards: a path on this origin. Default: the current address. */
  returnTo?: string;
  /**
   * Given back after the sign-in, as the second argument of `onRedirect`: at most 4,000 characters as JSON. It waits in
   * sessionStorage, and is in no address.
   */
  appState?: JsonValue | undefined;
  /** Where the issuer sends the browser back to, instead of the client's `redirectUri`; must be registered there. */
  redirectUri?: string | undefined;
  /** OpenID Connect Core 3.1.2.1; `create` is Initiating User Registration 1.0. */
  prompt?: "none" | "login" | "consent" | "select_account" | "create";
  loginHint?: string;
  /** Seconds since the person last proved who they are, at most. */
  maxAge?: number;
  acrValues?: string | readonly string[];
  uiLocales?: string | readonly string[];
  /** Kinde and Hallpass: sign in to this organization. */
  orgCode?: string;
  /** Kinde: the name of the organization to create. */
  orgName?: string;
  isCreateOrg?: boolean;
  connectionId?: string;
  lang?: string;
  hasSuccessPage?: boolean;
  workflowDeploymentId?: string;
  planInterest?: string;
  pricingTableKey?: string;
  pagesMode?: "preview";
  invitationCode?: string;
  isInvitation?: boolean;
  /** Auth0: the connection, organization, invitation and screen to use. */
  connection?: string;
  organization?: string;
  invitation?: string;
  screenHint?: string;
  /** Anything else, under the very name that it has on the wire. */
  parameters?: Readonly<Record<string, string>>;
}

/** The parameters that are this package's own business: nothing passed through may replace them. */
export interface AuthorizationRequest {
  clientId: string;
  redirectUri: string;
  scope: string;
  audience: string | undefined;
  state: string;
  nonce: string;
  codeChallenge: string;
}

/** The address to send the browser to: authorization code with PKCE S256 (RFC 6749 4.1.1, RFC 7636 4.3). */
export function authorizationUrl(
  endpoint: string,
  request: AuthorizationRequest,
  options: SignInOptions = {},
): string {
  const { parameters, returnTo: _, appState: __, ...named } = options;
  const url = new URL(endpoint);
  const set = (name: string, value: unknown): void => {
    if (value === undefined || value === null) return;
    url.searchParams.set(
      name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`),
      Array.isArray(value) ? value.join(" ") : `${value}`,
    );
  };
  for (const from of [named, parameters ?? {}, request]) {
    for (const [name, value] of Object.entries(from)) set(name, value);
  }
  set("responseType", "code");
  set("codeChallengeMethod", "S256");
  return url.href;
}

/** The scope to ask for when none is configured: who it is, and a way to stay signed in. */
export function defaultScope(family: IssuerFamily): string {
  return `openid profile email ${family === "kinde" ? "offline" : "offline_access"}`;
}

/** How to ask for the registration page instead of the sign-in page. */
export function registration(family: IssuerFamily): SignInOptions {
  return family === "auth0" ? { screenHint: "signup" } : { prompt: "create" };
}

/** How to name an organization. */
export function organization(family: IssuerFamily, code: string): SignInOptions {
  return family === "auth0" ? { organization: code } : { orgCode: code };
}

/** 256 random bits, base64url: for state, nonce and the PKCE verifier (RFC 7636 section 4.1). */
export function randomValue(): string {
  return encode(crypto.getRandomValues(new Uint8Array(32)));
}

/** RFC 7636 section 4.2: the SHA-256 of the verifier. */
export async function codeChallenge(verifier: string): Promise<string> {
  return encode(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))));
}
