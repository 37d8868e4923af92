import { AuthError, type JwtClaims } from "@hallpass/client";
import { type Context, createContext, useContext } from "react";
import type { AuthorizationParams } from "./authorization-params.ts";

/** Who is signed in: the claims of the ID token, without those that are about the token itself. */
export interface User {
  sub?: string;
  name?: string;
  given_name?: string;
  family_name?: string;
  nickname?: string;
  preferred_username?: string;
  picture?: string;
  email?: string;
  email_verified?: boolean;
  phone_number?: string;
  phone_number_verified?: boolean;
  locale?: string;
  zoneinfo?: string;
  updated_at?: string;
  // biome-ignore lint/suspicious/noExplicitAny: claims of the issuer's own, which applications for Auth0 read unchecked
  [claim: string]: any;
}

/** All claims of the ID token, and the token itself as `__raw`. */
export interface IdToken extends User {
  __raw: string;
}

/** What an application wants to have again after a sign-in: whatever survives JSON. */
export interface AppState {
  /** Where the person wants to be afterwards: a path of this origin. */
  returnTo?: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: the application's own, which applications for Auth0 read unchecked
  [name: string]: any;
}

export interface RedirectLoginOptions<State = AppState> {
  /** Given back to `onRedirectCallback`. It stays in this browser. */
  appState?: State | undefined;
  authorizationParams?: AuthorizationParams | undefined;
  /** Refused: the answer goes to the redirect URI. */
  fragment?: undefined;
  /** Refused: the browser is sent on by the client. */
  openUrl?: undefined;
}

export interface LogoutOptions {
  logoutParams?:
    | {
        /** Where to go afterwards; must be registered. */
        returnTo?: string | undefined;
        /** Auth0: also sign out of where the person came from. */
        federated?: boolean | undefined;
        [name: string]: string | boolean | undefined;
      }
    | undefined;
  /** `false` signs out here, in all tabs, and leaves the session at the issuer alone. */
  openUrl?: false | undefined;
}

export interface GetTokenSilentlyOptions {
  /** `off` fetches a new token; `cache-only` gives the one at hand, or `undefined`. */
  cacheMode?: "on" | "off" | "cache-only" | undefined;
  /** None but the provider's. */
  authorizationParams?: { redirect_uri?: string; scope?: string; audience?: string } | undefined;
  /** Means nothing: every request ends after ten seconds. */
  timeoutInSeconds?: number | undefined;
  detailedResponse?: boolean | undefined;
}

export interface GetTokenSilentlyVerboseResponse {
  access_token: string;
  id_token: string;
  token_type: "Bearer";
  /** Seconds that the token has left. */
  expires_in: number;
  scope?: string;
}

export interface RedirectLoginResult<State = AppState> {
  appState?: State | undefined;
  response_type: "code";
}

export interface AuthState<TUser = User> {
  error: Error | undefined;
  isAuthenticated: boolean;
  isLoading: boolean;
  user: TUser | undefined;
}

/** What {@link useAuth0} gives. Functions keep their identity; errors are `OAuthError`s. */
export interface Auth0ContextInterface<TUser = User> extends AuthState<TUser> {
  /** A token that is good now. @throws {OAuthError} `login_required` if nobody is signed in (any more) */
  getAccessTokenSilently(
    options: GetTokenSilentlyOptions & { detailedResponse: true },
  ): Promise<GetTokenSilentlyVerboseResponse>;
  getAccessTokenSilently(options?: GetTokenSilentlyOptions): Promise<string>;
  getIdTokenClaims(): Promise<IdToken | undefined>;
  loginWithRedirect(options?: RedirectLoginOptions): Promise<void>;
  logout(options?: LogoutOptions): Promise<void>;
  /** What the sign-in that this page was loaded with has brought back. @throws {OAuthError} if there was none */
  handleRedirectCallback(): Promise<RedirectLoginResult>;
  /** @deprecated refused: sign-in never opens a window, which browsers block and which tells people nothing about whose it is */
  loginWithPopup(...args: unknown[]): Promise<never>;
  /** @deprecated refused, as `loginWithPopup` */
  getAccessTokenWithPopup(...args: unknown[]): Promise<never>;
  /** The issuer and client id that the provider was given. */
  getConfiguration(): { domain: string; clientId: string };
}

const outside = (): never => {
  throw new AuthError("provider_missing", "put <Auth0Provider> around the components that sign in");
};

/** What there is outside of a provider: nothing works, and nobody knows who is signed in. */
export const initialContext: Auth0ContextInterface = {
  error: undefined,
  isAuthenticated: false,
  isLoading: true,
  user: undefined,
  getAccessTokenSilently: outside,
  getIdTokenClaims: outside,
  loginWithRedirect: outside,
  logout: outside,
  handleRedirectCallback: outside,
  loginWithPopup: outside,
  getAccessTokenWithPopup: outside,
  getConfiguration: outside,
};

export const Auth0Context: Context<Auth0ContextInterface> =
  createContext<Auth0ContextInterface>(initialContext);

/**
 * Who is signed in, and what to do about it, by the names of Auth0's SDK.
 *
 * @param context that of the provider, where the provider was given one of its own
 */
export function useAuth0<TUser = User>(
  context: Context<Auth0ContextInterface> = Auth0Context,
): Auth0ContextInterface<TUser> {
  return useContext(context) as Auth0ContextInterface<TUser>;
}

/** About the token, or made for the issuer and this page: no part of who somebody is. */
const ABOUT_THE_TOKEN: readonly string[] = [
  "iss",
  "aud",
  "exp",
  "nbf",
  "iat",
  "jti",
  "azp",
  "nonce",
  "auth_time",
  "at_hash",
  "c_hash",
  "acr",
  "amr",
  "sub_jwk",
  "cnf",
  "sid",
];

/** The user that an ID token speaks of. */
export function userOf(claims: JwtClaims): User {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !ABOUT_THE_TOKEN.includes(name)));
}
