import type { JwtClaims } from "@hallpass/tokens/claims";
import { decodeText } from "./base64url.ts";

/** The tokens of one answer of the token endpoint. */
export interface TokenSet {
  readonly accessToken: string;
  readonly idToken?: string | undefined;
  readonly refreshToken?: string | undefined;
  /** Seconds from when the answer arrived. */
  readonly expiresIn: number;
}

/** Tokens together with when they arrived, by two clocks. */
export interface Session extends TokenSet {
  /** Whether a new access token can be had without the person: by a refresh token or the issuer's cookie. */
  readonly renewable: boolean;
  readonly wall: number;
  readonly steady: number;
}

/** Notes the moment of receipt: how long a token lasts is reckoned from here, so a wrong clock does not matter. */
export function received(tokens: TokenSet, renewable: boolean): Session {
  return { ...tokens, renewable, wall: Date.now(), steady: performance.now() };
}

/**
 * Seconds that the access token has left. The wall clock may be set, the steady clock may stand still while the
 * machine sleeps: the one that says more time has passed is believed.
 */
export function remaining({ expiresIn, wall, steady }: Session): number {
  return expiresIn - Math.max(Date.now() - wall, performance.now() - steady) / 1000;
}

/** Seconds until a new token should be fetched: a minute before expiry, less for tokens that hardly live longer. */
export function untilRenewal(session: Session): number {
  return remaining(session) - (session.renewable ? Math.min(60, session.expiresIn * 0.75) : 0);
}

/** Whether an API would still accept the token when a request with it arrives. */
export function isUsable(session: Session): boolean {
  return remaining(session) > Math.min(5, session.expiresIn / 10);
}

/** The claims of one's own token, unverified; none if it is opaque. */
export function claimsOf(jwt: string | undefined): JwtClaims {
  try {
    const claims = JSON.parse(decodeText(jwt?.split(".")[1] ?? ""));
    return typeof claims === "object" ? (claims ?? {}) : {};
  } catch {
    return {};
  }
}
