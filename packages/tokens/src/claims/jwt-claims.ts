/** The payload of a JWT: the registered claims (RFC 7519 section 4.1, RFC 9068) and whatever else the issuer put in. */
export interface JwtClaims {
  readonly iss?: string;
  readonly sub?: string;
  readonly aud?: string | readonly string[];
  /** Seconds since 1970. */
  readonly exp?: number;
  /** Seconds since 1970. */
  readonly nbf?: number;
  /** Seconds since 1970. */
  readonly iat?: number;
  readonly jti?: string;
  readonly azp?: string;
  readonly client_id?: string;
  readonly scope?: string;
  readonly [name: string]: unknown;
}

/** Reads an own member, so that no name reaches the prototype of the object. */
export function own(claims: object, name: string): unknown {
  return Object.hasOwn(claims, name) ? (claims as Record<string, unknown>)[name] : undefined;
}
