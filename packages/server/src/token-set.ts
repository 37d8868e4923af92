import type { IDToken, TokenEndpointResponse } from "oauth4webapi";
import { getValidatedIdTokenClaims } from "oauth4webapi";
import { claimsOf } from "./jwt-claims.ts";

/** The tokens of one answer of the token endpoint. */
export interface TokenSet {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  readonly idToken: string | undefined;
  /** The claims of the ID token, which have been validated. */
  readonly idClaims: IDToken | undefined;
  /** Milliseconds from when the answer arrived. */
  readonly lifetime: number;
}

/** What is believed of a token that does not say how long it lasts. */
const SHORT_LIFE_S = 300;

export function tokenSetOf(answer: TokenEndpointResponse): TokenSet {
  const { exp, iat } = claimsOf(answer.access_token);
  const life = typeof exp === "number" && typeof iat === "number" ? exp - iat : SHORT_LIFE_S;
  return {
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token,
    idToken: answer.id_token,
    idClaims: getValidatedIdTokenClaims(answer),
    lifetime: Math.max(0, answer.expires_in ?? life) * 1000,
  };
}
