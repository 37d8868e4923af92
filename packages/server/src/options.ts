import type { SignInOptions } from "@hallpass/client/server";
import type { Dialect, DialectName } from "@hallpass/tokens/claims";
import type { SessionStore } from "./session-store.ts";

/** How an application gets its tokens. */
export type GrantType = "authorization_code" | "authorization_code_with_pkce" | "client_credentials";

/** What an issuer must know of an application, and the application of its issuer. */
export interface ServerAuthOptions {
  /**
   * The issuer's address, such as `https://yourapp.kinde.com`; without a scheme, https is meant. Default:
   * `HALLPASS_ISSUER`, `KINDE_HOST`.
   */
  readonly issuer?: string | undefined;
  /** Default: `HALLPASS_CLIENT_ID`, `KINDE_CLIENT_ID`. */
  readonly clientId?: string | undefined;
  /** Default: `HALLPASS_CLIENT_SECRET`, `KINDE_CLIENT_SECRET`. A public client has none. */
  readonly clientSecret?: string | undefined;
  /**
   * Where the issuer sends the browser back to: the whole address of the callback route, as registered at the issuer.
   * Default: `HALLPASS_REDIRECT_URI`, `KINDE_REDIRECT_URL`.
   */
  readonly redirectUri?: string | undefined;
  /**
   * Where the issuer sends the browser after signing out, as registered there. Default:
   * `HALLPASS_POST_LOGOUT_REDIRECT_URI`, `KINDE_POST_LOGOUT_REDIRECT_URL`, or the origin of `redirectUri`.
   */
  readonly postLogoutRedirectUri?: string | undefined;
  /**
   * Default `authorization_code`, which uses PKCE like `authorization_code_with_pkce`. With `client_credentials` nobody
   * signs in, and the application gets tokens of its own from `machine`. Default: `HALLPASS_GRANT_TYPE`.
   */
  readonly grantType?: GrantType | undefined;
  /**
   * Default: `HALLPASS_SCOPE`, or `openid profile email` with `offline` (Kinde, Hallpass) or `offline_access`
   * (elsewhere). It must contain `openid`.
   */
  readonly scope?: string | undefined;
  /** The API or APIs that access tokens are for. Default: `HALLPASS_AUDIENCE` (several with a space between them). */
  readonly audience?: string | readonly string[] | undefined;
  /** The organization to sign in to, unless a sign-in names another. Default: `HALLPASS_ORG_CODE`. */
  readonly orgCode?: string | undefined;
  /** How the issuer spells permissions, organizations and flags. Default: told from the issuer's address. */
  readonly dialect?: DialectName | Dialect | undefined;
  /**
   * Where sessions are: `sqliteStore`, `postgresStore`, `redisStore` or a store of your own; or `"cookie"`, in an
   * encrypted cookie. Default: in memory, with a warning.
   */
  readonly store?: SessionStore | "cookie" | undefined;
  /**
   * At least 32 random characters that seal cookies, the same in all processes. With several, the first one seals and
   * all of them open: put a new one in front to replace it. Default: `HALLPASS_SESSION_SECRET` (several with a space
   * between them), or else a key that is derived from `clientSecret`.
   */
  readonly sessionSecret?: string | readonly string[] | undefined;
  /** How long a session lasts, in seconds. */
  readonly lifetime?:
    | {
        /** Without a request. Default 86,400 (a day). */
        readonly idle?: number | undefined;
        /** In all, whatever happens. Default 2,592,000 (30 days). */
        readonly absolute?: number | undefined;
      }
    | undefined;
  /** Where the routes are, but for the callback, which is at the path of `redirectUri`. Default `/api/auth`. */
  readonly basePath?: string | undefined;
  /** There is one per sign-in: pass your own to `getLoginUrl`. */
  readonly codeVerifier?: never;
  /** Sends the requests to the issuer. Default: the global `fetch`. */
  readonly fetch?: typeof fetch | undefined;
  /** The time in milliseconds since 1970. Default `Date.now`. */
  readonly clock?: (() => number) | undefined;
  /** Told what is fit for development only. Default: `process.emitWarning`. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

/** Whatever survives JSON. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/** Parameters of the authorization request, under the very names that they have on the wire. */
export interface AuthorizationParams {
  readonly prompt?: "none" | "login" | "consent" | "select_account" | "create";
  readonly login_hint?: string;
  readonly max_age?: string;
  readonly acr_values?: string;
  readonly ui_locales?: string;
  readonly claims?: string;
  readonly resource?: string;
  readonly org_code?: string;
  readonly org_name?: string;
  readonly is_create_org?: "true" | "false";
  readonly connection_id?: string;
  readonly lang?: string;
  readonly connection?: string;
  readonly organization?: string;
  readonly invitation?: string;
  readonly screen_hint?: string;
  readonly [name: string]: string | undefined;
  /** These are made for each sign-in, or configured. */
  readonly state?: never;
  readonly nonce?: never;
  readonly code_challenge?: never;
  readonly code_challenge_method?: never;
  readonly response_type?: never;
  readonly response_mode?: never;
  readonly request?: never;
  readonly request_uri?: never;
  readonly client_id?: never;
  readonly redirect_uri?: never;
  readonly scope?: never;
  readonly audience?: never;
}

/** What a sign-in may ask for. `login`, `register` and `createOrg` take the same. */
export interface LoginOptions extends Omit<SignInOptions, "returnTo" | "parameters"> {
  /** Where the person wants to be afterwards: a path on this origin, at most 500 characters. Default `/`. */
  readonly returnTo?: string | undefined;
  /** Given back after the callback: at most 300 bytes as JSON. It is encrypted on its way. */
  readonly appState?: JsonValue | undefined;
  /** A PKCE verifier of your own (RFC 7636 section 4.1), used for this sign-in only. */
  readonly codeVerifier?: string | undefined;
  readonly authorizationParams?: AuthorizationParams | undefined;
}

export interface LogoutOptions {
  /** Where to go afterwards: registered at the issuer, and of the origin of `postLogoutRedirectUri` or `redirectUri`. */
  readonly redirectTo?: string | undefined;
  /** Kinde: end the person's sessions in all browsers. */
  readonly allSessions?: boolean | undefined;
}
