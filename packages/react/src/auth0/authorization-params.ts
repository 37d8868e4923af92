import { AuthError, type SignInOptions } from "@hallpass/client";
import { pathOf, sameAsProvider } from "../sdk-options.ts";

/** Parameters of the authorization request, by the very names that they have on the wire. */
export interface AuthorizationParams {
  redirect_uri?: string | undefined;
  audience?: string | undefined;
  scope?: string | undefined;
  prompt?: "none" | "login" | "consent" | "select_account" | undefined;
  max_age?: string | number | undefined;
  ui_locales?: string | undefined;
  screen_hint?: string | undefined;
  login_hint?: string | undefined;
  acr_values?: string | undefined;
  connection?: string | undefined;
  organization?: string | undefined;
  invitation?: string | undefined;
  display?: "page" | "popup" | "touch" | "wap" | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: what the issuer knows, as the types of Auth0's SDK allow
  [name: string]: any;
}

/**
 * The scope that the provider asks for: what is configured, and what Auth0's SDK always adds, and a refresh token, because
 * hidden frames show nothing to browsers that keep sites apart.
 */
export function scopeOf(scope: string | undefined): string | undefined {
  if (scope === undefined) return undefined;
  return [...new Set(["openid", ...scope.split(" "), "offline_access"])].filter(Boolean).join(" ");
}

/**
 * The options of a sign-in that ends at its redirect URI.
 *
 * @param provided the provider's parameters, which those of the sign-in are added to
 * @throws {AuthError} `option_invalid` for an audience or a scope that is not the provider's
 */
export function signInOptions(
  wanted: AuthorizationParams,
  provided: AuthorizationParams,
  appState: unknown,
): SignInOptions {
  checkToken(wanted, provided);
  const {
    redirect_uri: redirectUri = location.origin,
    audience: _,
    scope: __,
    ...rest
  } = {
    ...provided,
    ...given(wanted),
  };
  return {
    parameters: Object.fromEntries(Object.entries(given(rest)).map(([name, value]) => [name, `${value}`])),
    redirectUri,
    returnTo: pathOf(redirectUri),
    // Told apart from a sign-in that nobody asked for, which brings nothing back.
    appState: { appState: json(appState) },
  };
}

/** @throws {AuthError} `option_invalid` for an audience or a scope that is not the provider's */
export function checkToken({ audience, scope }: AuthorizationParams, provided: AuthorizationParams): void {
  sameAsProvider("audience", audience, provided.audience);
  sameAsProvider("scope", scope, scopeOf(provided.scope) ?? "openid profile email offline_access");
}

const given = (params: AuthorizationParams): AuthorizationParams =>
  Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined && value !== null));

/** @throws {AuthError} `option_invalid` */
function json(appState: unknown) {
  try {
    return appState === undefined ? undefined : JSON.parse(JSON.stringify(appState));
  } catch {
    throw new AuthError("option_invalid", "appState is no JSON; expected what survives JSON.stringify");
  }
}
