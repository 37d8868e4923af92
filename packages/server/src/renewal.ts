import { AuthError, isAuthError } from "./auth-error.ts";
import type { Renewal } from "./session-keeper.ts";
import { withTokens } from "./session-record.ts";
import type { TokenEndpoint } from "./token-endpoint.ts";
import type { TokenSet } from "./token-set.ts";

/** All attempts of one renewal together, in milliseconds: less than an issuer repeats a lost answer for. */
export const RENEWAL_BUDGET_MS = 8_000;
const ATTEMPT_MS = 5_000;
const PAUSE_MS = 300;

/** So many in a row, and the issuer is left alone for a while. */
const FAILURES_UNTIL_PAUSE = 3;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Renews tokens, and spares an issuer that is down: after some failures in a row nobody asks it for a while, so that
 * requests do not wait for time-outs one after the other.
 */
export function createRenewal(endpoint: TokenEndpoint, now: () => number): Renewal {
  let failures = 0;
  let notBefore = 0;

  function noteFailure(retryAfter = 0): void {
    failures += 1;
    if (failures < FAILURES_UNTIL_PAUSE && !retryAfter) return;
    const wait = Math.min(
      LONGEST_PAUSE_MS,
      Math.max(1_000 * 2 ** (failures - FAILURES_UNTIL_PAUSE), retryAfter * 1_000),
    );
    notBefore = now() + wait;
  }

  return async (record) => {
    const { refreshToken } = record;
    if (refreshToken === undefined) {
      throw new AuthError(
        "session_ended",
        "the access token has expired and there is no refresh token: ask for the scope 'offline' or 'offline_access'",
      );
    }
    const wait = notBefore - now();
    if (wait > 0 && wait <= LONGEST_PAUSE_MS) {
      throw new AuthError("issuer_unreachable", "the issuer does not answer", {
        retryAfter: Math.ceil(wait / 1_000),
      });
    }
    try {
      const tokens = await twice((deadline) => endpoint.refresh(refreshToken, deadline));
      failures = notBefore = 0;
      // A refresh token is one person's (OpenID Connect Core 12.2).
      if (tokens.idClaims !== undefined && tokens.idClaims.sub !== record.subject) {
        throw new AuthError("session_ended", "the issuer answered for somebody else");
      }
      return withTokens(record, tokens, now());
    } catch (error) {
      if (isAuthError(error) && error.code !== "session_ended") noteFailure(error.retryAfter);
      throw error;
    }
  };
}

/** An answer that got lost is worth asking for again at once: a good issuer repeats it for a few seconds. */
async function twice(request: (deadline: AbortSignal) => Promise<TokenSet>): Promise<TokenSet> {
  const end = Date.now() + RENEWAL_BUDGET_MS;
  try {
    return await request(AbortSignal.timeout(ATTEMPT_MS));
  } catch (error) {
    const left = end - Date.now() - PAUSE_MS;
    const lost =
      isAuthError(error) && error.code === "issuer_unreachable" && !error.retryAfter && !error.reason;
    if (!lost || left < PAUSE_MS) throw error;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    return await request(AbortSignal.timeout(left));
  }
}
