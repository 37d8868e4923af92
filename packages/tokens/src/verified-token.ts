import type { ClaimReaders } from "./claims/claim-readers.ts";
import type { JwtClaims } from "./claims/jwt-claims.ts";

/** The protected header of a token (RFC 7515 section 4.1). */
export interface JwsHeader {
  readonly alg: string;
  readonly kid?: string;
  readonly typ?: string;
  readonly [name: string]: unknown;
}

/** How a token is bound to a key of its sender (RFC 7800 section 3.1). */
export interface Confirmation {
  /** Thumbprint of the key of a DPoP proof (RFC 9449 section 6.1). */
  readonly jkt?: string;
  /** Thumbprint of a client certificate (RFC 8705 section 3.1). */
  readonly "x5t#S256"?: string;
  readonly [method: string]: unknown;
}

/**
 * A token that has passed every check. It is frozen, its claims too, and it never carries the token's text.
 */
export interface VerifiedToken<Claims extends object = JwtClaims> extends ClaimReaders {
  /** The payload; what the `claims` schema made of it, if there is one. */
  readonly claims: Claims;
  readonly header: JwsHeader;
  readonly issuer: string;
  /** `sub`. Absent in some machine-to-machine tokens. */
  readonly subject?: string;
  /** `aud` as a list; empty when there is none (which only passes with `audience: null` or `clientId`). */
  readonly audience: readonly string[];
  /** `client_id`, or else `azp`. */
  readonly clientId?: string;
  /** `exp`: seconds since 1970. */
  readonly expiresAt: number;
  readonly permissions: readonly string[];
  readonly scopes: readonly string[];
  /** The keys of the roles; names and ids are in `getRoles()`. */
  readonly roles: readonly string[];
  /** The organization that the token is for. */
  readonly organization?: string;
  /**
   * `cnf`: the key of its sender that the token is bound to (RFC 7800). Whoever takes such a token must check that the
   * sender holds that key (DPoP, mTLS), or refuse it.
   */
  readonly confirmation?: Confirmation;
  /** The token's text is not kept. */
  readonly raw?: never;
}
