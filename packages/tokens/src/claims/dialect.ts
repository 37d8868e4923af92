import type { JwtClaims } from "./jwt-claims.ts";

/** A role as an issuer writes it down: at least its key. */
export interface Role {
  readonly key: string;
  readonly name?: string;
  readonly id?: string;
}

/** The value of a feature flag. */
export type FlagValue = string | boolean | number;

/**
 * How one family of issuers spells permissions, roles, scopes, organizations and flags. All functions are pure,
 * take the claims of a token and give empty lists where a claim is absent or has another shape.
 */
export interface Dialect {
  readonly name: string;
  permissions(claims: JwtClaims): readonly string[];
  roles(claims: JwtClaims): readonly Role[];
  scopes(claims: JwtClaims): readonly string[];
  /** The organization that the token is for. */
  organization(claims: JwtClaims): string | undefined;
  /** All organizations of the user; from the claims of the ID token. */
  organizations(idTokenClaims: JwtClaims): readonly string[];
  flags(claims: JwtClaims): ReadonlyMap<string, FlagValue>;
  /** The application that a token was given to, where the issuer writes neither `client_id` nor `azp`. */
  client?(claims: JwtClaims): string | undefined;
}

/** The dialects that can be named in options. */
export type DialectName =
  | "kinde"
  | "auth0"
  | "keycloak"
  | "entra"
  | "cognito"
  | "logto"
  | "clerk"
  | "okta"
  | "oauth";
