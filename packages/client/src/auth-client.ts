import type { ClaimReaders, Dialect, DialectName, JwtClaims, TokenName } from "@hallpass/tokens/claims";
import type { JsonValue, SignInOptions } from "./authorization-request.ts";
import type { AuthState } from "./status.ts";

/** How a page signs people in. */
export interface AuthClientOptions {
  /** The issuer's address, such as `https://yourapp.kinde.com`; without a scheme, https is meant. */
  readonly issuer: string;
  readonly clientId: string;
  /** The API, by the name it is registered under. It goes with every sign-in and every refresh. */
  readonly audience?: string | readonly string[] | undefined;
  /** Where the issuer sends the browser back to; must be registered there. Default: the page's origin. */
  readonly redirectUri?: string | undefined;
  /** Where the issuer sends the browser after signing out; must be registered there. Default: nowhere. */
  readonly postLogoutRedirectUri?: string | undefined;
  /**
   * Replaces the default scope, `openid profile email` with `offline` (Kinde, Hallpass) or `offline_access`
   * (elsewhere). It must contain `openid`.
   */
  readonly scope?: string | undefined;
  /**
   * Where the refresh token is. The access token is in memory in every case.
   * - `cookie`: in an HttpOnly cookie of the issuer, which no script can read. The default where the issuer offers it
   *   and is on the same site as the page.
   * - `memory`: in this page. A reload asks the issuer once, by a redirect without any page. The default elsewhere.
   * - `localStorage`: where every script of this origin, today's and those of the next compromised dependency, can
   *   take it away and use it from anywhere until it expires. For issuers that allow nothing better.
   */
  readonly storage?: "cookie" | "memory" | "localStorage" | undefined;
  /** How the issuer spells permissions, organizations and flags. Default: told from the issuer's address. */
  readonly dialect?: DialectName | Dialect | undefined;
  /**
   * Called after sign-in, also one that failed, with the path where the person wanted to be and the sign-in's
   * `appState`. Default: shows the path by `history.replaceState` and a `popstate` event, which routers follow.
   */
  readonly onRedirect?: ((returnTo: string, appState: JsonValue | undefined) => void) | undefined;
}

export interface SignOutOptions {
  /** Signs out here (in all tabs), but leaves the session at the issuer alone. */
  readonly local?: boolean | undefined;
  /** Kinde: end the person's sessions in all browsers. */
  readonly allSessions?: boolean | undefined;
  /** Where the issuer sends the browser afterwards, instead of the client's; must be registered there. */
  readonly postLogoutRedirectUri?: string | undefined;
  /** Anything else, under the very name that it has on the wire, such as Auth0's `federated`. */
  readonly parameters?: Readonly<Record<string, string>> | undefined;
}

/** The claims readers, and all claims at once. */
export interface AllClaimReaders extends ClaimReaders {
  /** All claims of the access token, or of the ID token: the same object until a new token comes. */
  getClaims(token?: TokenName): JwtClaims | null;
}

/**
 * Signs one person in to one application. Functions are bound and keep their identity. The claims readers read the
 * current tokens; while nobody is signed in they find nothing.
 */
export interface AuthClient extends AllClaimReaders {
  /**
   * Takes up the session: finishes a sign-in that has just come back, or restores the one of before a reload. Safe to
   * call again, and after the function it returns, which stops timers and listeners. Does nothing on a server.
   */
  start(): () => void;
  /** For `useSyncExternalStore` and the like. @returns a function that ends the subscription */
  subscribe(listener: () => void): () => void;
  getState(): AuthState;
  /** Leaves for the issuer's sign-in page. @throws {AuthError} if it could not; also in `getState().error` */
  login(options?: SignInOptions): Promise<void>;
  /** Leaves for the issuer's registration page. */
  register(options?: SignInOptions): Promise<void>;
  /** Kinde and Hallpass: registers a new organization. */
  createOrg(options?: SignInOptions): Promise<void>;
  /** Changes to another organization of the person, without a page of the issuer if it can be done. */
  switchOrg(orgCode: string, options?: SignInOptions): Promise<void>;
  /** Forgets the session here and in all tabs, then ends it at the issuer. Works offline, up to the issuer's part. */
  logout(options?: SignOutOptions): Promise<void>;
  /**
   * The access token, for the Authorization header. Costs no request while the token is good; in its last minute a
   * new one is fetched while this one is handed out; once it has expired, callers wait for the new one.
   *
   * @param options `forceRefresh` fetches a new token in any case
   * @throws {AuthError} `not_signed_in`, `session_ended`, `issuer_unreachable`
   */
  getToken(options?: { readonly forceRefresh?: boolean }): Promise<string>;
  /** The ID token. It says who signed in here, and is not for APIs. @throws {AuthError} `not_signed_in` */
  getIdToken(): Promise<string>;
}
