/** A value of a feature flag. */
export type FlagValue = string | boolean | number;

/** Whose clients the server is to work with unmodified, where they expect more than OpenID Connect says. */
export type FaceName = "auth0" | "kinde";

/** A value of a property. */
export type PropertyValue = string | boolean | number;

export type FlagType = "string" | "boolean" | "integer";

/** What `hallpass.config.ts` exports. Everything has a default; times are in seconds. */
export interface HallpassConfig {
  /**
   * The address of the identity server, exactly as it will stand in the tokens, but for the final slash that
   * `face: "auth0"` adds there; `http://localhost:4300` if not given.
   */
  issuer?: string;
  /**
   * `"auth0"` or `"kinde"` for applications that sign in with Auth0's or Kinde's own SDKs; OpenID Connect as it is
   * written if not given.
   */
  face?: FaceName;
  /**
   * Domain that the server and the applications' pages share (`example.com` for `auth.example.com` and
   * `app.example.com`). In Kinde's face a cookie that says nothing tells those pages that somebody is signed in;
   * without a domain, only pages at the server's own host see it.
   */
  cookieDomain?: string;
  /** Key to description: `{ "create:books": "Add a book" }`. */
  permissions?: Record<string, string>;
  /** Key to role: `{ editor: { name: "Editor", permissions: ["create:books"] } }`. */
  roles?: Record<string, RoleConfig>;
  /** Key to feature flag, with the value it has unless an organization or a user overrides it. */
  flags?: Record<string, FlagConfig>;
  /** Key to property, with which users or organizations are described beyond their names. */
  properties?: Record<string, PropertyConfig>;
  organizations?: OrganizationConfig[];
  /** People to create, in development only. Those who exist are left as they are. */
  users?: UserConfig[];
  apis?: ApiConfig[];
  applications?: ApplicationConfig[];
  /** What someone who registers receives. */
  defaults?: DefaultsConfig;
  lifetimes?: LifetimesConfig;
  /** How long a signing key is used. */
  keys?: KeysConfig;
}

export interface RoleConfig {
  /** For people; the key if not given. */
  name?: string;
  permissions: string[];
}

export interface FlagConfig {
  type: FlagType;
  value: FlagValue;
  description?: string;
}

export interface PropertyConfig {
  /** For people; the key if not given. */
  name?: string;
  of: "user" | "organization";
  /** Whether tokens carry it in Kinde's face, as `user_properties` or `organization_properties`; false if not given. */
  inTokens?: boolean;
}

export interface OrganizationConfig {
  /** What tokens carry as `org_code`, for example `org_bookstore`. */
  code: string;
  name: string;
  /** Values that differ from the environment's in this organization. */
  flags?: Record<string, FlagValue>;
  /** Values of properties of organizations. */
  properties?: Record<string, PropertyValue>;
}

export interface UserConfig {
  email: string;
  password: string;
  givenName?: string;
  familyName?: string;
  /** Address of an image. */
  picture?: string;
  organizations?: { code: string; roles?: string[] }[];
  /** Values that differ from the organization's and the environment's for this user. */
  flags?: Record<string, FlagValue>;
  /** Values of properties of users. */
  properties?: Record<string, PropertyValue>;
}

/** How an access token is signed (RFC 7518 section 3.1); `EdDSA` is Ed25519 (RFC 8037). */
export type SigningAlgorithm = "RS256" | "ES256" | "EdDSA";

export interface ApiConfig {
  /** A name, not an address: what the API expects in `aud`. */
  audience: string;
  name?: string;
  /** OAuth scopes of this API that an application may ask for. */
  scopes?: string[];
  /** How its access tokens are signed; RS256, which everything understands, if not given. */
  signingAlgorithm?: SigningAlgorithm;
}

/**
 * What an application is made of, and with it what it can keep to itself:
 *
 * - `spa`: runs in the browser. It keeps no secret.
 * - `web`: has a server. With `secret`, `jwks` or `confidential` that server authenticates itself; without, it is a
 *   public client as an `spa` is.
 * - `native`: is installed on a phone or a computer (RFC 8252). It keeps no secret.
 * - `machine`: acts in its own name; nobody signs in to it.
 */
export type ApplicationType = "spa" | "web" | "native" | "machine";

export interface ApplicationConfig {
  clientId: string;
  /** For people; the client id if not given. */
  name?: string;
  type: ApplicationType;
  /**
   * Where the browser may return to after sign-in; compared exactly. A `native` application may also use a scheme
   * of its own (`com.example.app:/callback`), and on `http://127.0.0.1`, `http://[::1]` and `http://localhost`
   * whichever port is free when it starts.
   */
  redirectUris?: string[];
  /** Where the browser may return to after sign-out; compared exactly. */
  postLogoutRedirectUris?: string[];
  /** Where a page of identity sends someone who has lost their way; the origin of the first redirect URI if not given. */
  homeUri?: string;
  /**
   * What a `web` or `machine` application authenticates with: 40 to 60 random letters and digits. Read it from the
   * environment; it is kept as a hash. Secrets that `hallpass apps secret add` makes are valid beside it, two in all.
   */
  secret?: string | undefined;
  /** Instead of `secret`: two of them, while the second replaces the first. */
  secrets?: (string | undefined)[];
  /**
   * Public keys of a `web` or `machine` application that authenticates with signed assertions (`private_key_jwt`,
   * RFC 7523) instead of a secret: RSA from 2048 bits, P-256, P-384, P-521 or Ed25519.
   */
  jwks?: { keys: Record<string, unknown>[] };
  /**
   * Whether a `web` application has to authenticate: true when it has a secret or keys here. Write `true` for
   * one whose secrets only `hallpass apps secret add` makes. A `machine` always has to.
   */
  confidential?: boolean;
  /**
   * `required` if not given: every sign-in carries a PKCE S256 challenge (RFC 7636). `optional` lets a confidential
   * `web` application leave it out, as Kinde's server SDK does; one that is sent counts all the same.
   */
  pkce?: "required" | "optional";
  /** What the application may use in its own name (`client_credentials`); for confidential applications. */
  apis?: ApplicationApiConfig[];
  /** `required`: nobody signs in to it outside of an organization; `optional` if not given. */
  organization?: "required" | "optional";
}

/** An API that an application may use in its own name. */
export interface ApplicationApiConfig {
  /** Of an API that stands under `apis`. */
  audience: string;
  /** Scopes of that API; none if not given. */
  scopes?: string[];
}

export interface DefaultsConfig {
  /** Code of the organization that new users join. */
  organization?: string;
  /** Keys of the roles they have there. */
  roles?: string[];
  /** Keys of the roles that people have in an organization that they create; `roles` if not given. */
  creatorRoles?: string[];
}

export interface LifetimesConfig {
  /** Seconds; 3600 if not given. */
  accessToken?: number;
  /** Seconds; 3600 if not given. */
  idToken?: number;
  /** Seconds, counted anew with each rotation; 15 days if not given. */
  refreshToken?: number;
  /** Seconds that a browser stays signed in at the identity server; 15 days if not given. */
  session?: number;
  /** Seconds that a sign-in page stays usable; 3600 if not given. */
  interaction?: number;
}

export interface KeysConfig {
  /** Days (not seconds) after which a signing key is replaced by itself, 1 to 365; 90 if not given. */
  rotateAfter?: number;
}

/** Types `hallpass.config.ts` in the editor; returns its argument. */
export function defineConfig(config: HallpassConfig): HallpassConfig {
  return config;
}
