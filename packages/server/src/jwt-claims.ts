import { decodeClaims, type JwtClaims } from "@hallpass/tokens/claims";

/**
 * The claims of a token that came from the token endpoint; none if it is opaque. Its signature is not checked: TLS has
 * shown whom it is from (OpenID Connect Core 3.1.3.7), and it has been nowhere else.
 */
export function claimsOf(jwt: string | undefined): JwtClaims {
  if (jwt === undefined) return {};
  try {
    return decodeClaims(jwt);
  } catch {
    return {};
  }
}
