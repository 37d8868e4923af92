import type { ClaimReaders } from "@hallpass/tokens/claims";
import type { JsonValue, LoginOptions, LogoutOptions } from "./options.ts";

/** What came back with a sign-in that has been completed. */
export interface SignedIn {
  /** A path on this origin. */
  readonly returnTo: string;
  readonly appState: JsonValue | undefined;
}

/**
 * One browser's session during one request. The claims readers read the tokens of the person who is signed in; while
 * nobody is, they find nothing. Functions are bound: they may be taken out of the object.
 */
export interface Session extends ClaimReaders {
  /** Also true while the issuer cannot be reached: that signs nobody out. */
  isAuthenticated(): boolean;
  /**
   * The access token, for the Authorization header; renewed before it expires.
   *
   * @throws {AuthError} `not_signed_in`, `session_ended`, `issuer_unreachable`, `store_unavailable`
   */
  getToken(): Promise<string>;
  /** The ID token. It says who signed in here, and is not for APIs. @throws {AuthError} `not_signed_in` */
  getIdToken(): Promise<string>;
  /**
   * Renews the tokens now, for instance because permissions have changed. The readers read the new ones.
   *
   * @returns the access token
   * @throws {AuthError} `not_signed_in`, `session_ended`, `issuer_unreachable`, `store_unavailable`
   */
  refreshToken(): Promise<string>;
  /** The address of the issuer's sign-in page. Begins a sign-in: its cookie must reach the browser. @throws {AuthError} */
  getLoginUrl(options?: LoginOptions): Promise<string>;
  /** The address of the issuer's registration page, in the same way. @throws {AuthError} */
  getRegisterUrl(options?: LoginOptions): Promise<string>;
  /** Kinde and Hallpass: the address where a new organization is registered, in the same way. @throws {AuthError} */
  createOrg(options?: LoginOptions): Promise<string>;
  /**
   * Completes a sign-in: checks the address that the issuer sent the browser to, redeems the code, validates the ID
   * token and begins a new session, under a new id.
   *
   * @param authorizationResponse the address of the request, whole or from its path on
   * @throws {AuthError} `sign_in_expired`, `sign_in_failed`, `access_denied`, `issuer_error`, `issuer_wrong`,
   *   `issuer_unreachable`, `store_unavailable`, `session_too_large`
   */
  completeSignIn(authorizationResponse: string | URL): Promise<SignedIn>;
  /** Completes a sign-in like `completeSignIn`. @returns the access token */
  fetchToken(
    authorizationResponse: string | URL | { readonly authorizationResponse: string | URL },
  ): Promise<string>;
  /**
   * Ends the session here, also when the issuer cannot be reached, and revokes its refresh token.
   *
   * @returns the address that ends the session at the issuer and leads back
   * @throws {AuthError} `option_invalid` for another site's `redirectTo`, `store_unavailable`
   */
  logout(options?: LogoutOptions | string): Promise<string>;
  /** What was passed as `appState` to the sign-in that this session began with. */
  readonly appState: JsonValue | undefined;
  /** Names this session in the list of the user's sessions; not secret. Absent where sessions are in cookies. */
  readonly handle: string | undefined;
  /** When the access token expires, in milliseconds since 1970. */
  readonly accessTokenExpiresAt: number | undefined;
  /**
   * `Set-Cookie` values that must reach the browser with the answer, which then also needs `Cache-Control: no-store`.
   * Both are there already if `auth.session` was given the response.
   */
  readonly cookies: readonly string[];
}
