import { refusal } from "../refusal.ts";
import { TokenError } from "../token-error.ts";
import { type Check, claimOf, type Examination } from "./check.ts";

// Comparisons are written so that a clock that gives NaN refuses.

/** Has it expired (RFC 7519 section 4.1.4)? A token without `exp` would be good for ever and is refused. */
export const expiry: Check = (examination, now) => {
  const exp = timeClaim(examination, "exp");
  if (exp === undefined) return refusal("claim_missing", "exp", "exp");
  if (exp instanceof TokenError) return exp;
  return now / 1000 < exp + examination.settings.clockTolerance
    ? undefined
    : refusal("token_expired", exp, now, clockAhead(examination));
};

/** Is it valid yet (RFC 7519 section 4.1.5)? */
export const start: Check = (examination, now) => {
  const nbf = timeClaim(examination, "nbf");
  return typeof nbf === "number" ? whyEarly(examination, "nbf", nbf, now) : nbf;
};

/** Is it young enough, whatever its expiry says? */
export const age: Check = (examination, now) => {
  const { maxTokenAge, clockTolerance } = examination.settings;
  const iat = timeClaim(examination, "iat");
  if (iat instanceof TokenError) return iat;
  if (maxTokenAge === undefined) return undefined;
  if (iat === undefined) return refusal("claim_missing", "iat", "maxTokenAge");
  return (
    whyEarly(examination, "iat", iat, now) ??
    (now / 1000 - iat <= maxTokenAge + clockTolerance
      ? undefined
      : refusal("token_too_old", iat, now, clockAhead(examination), maxTokenAge))
  );
};

function whyEarly(
  examination: Examination,
  claim: "nbf" | "iat",
  time: number,
  now: number,
): TokenError | undefined {
  return time <= now / 1000 + examination.settings.clockTolerance
    ? undefined
    : refusal("token_not_yet_valid", time, now, clockAhead(examination), claim);
}

/** A NumericDate (RFC 7519 section 2), the refusal for something else in its place, or undefined when absent. */
function timeClaim(examination: Examination, name: string): number | TokenError | undefined {
  const value = claimOf(examination, name);
  // JSON can hold numbers that overflow to Infinity.
  return value === undefined || Number.isFinite(value)
    ? (value as number | undefined)
    : refusal("claim_invalid", "time", name, value);
}

/** By how many seconds this machine's clock is known to be ahead of the issuer's. */
function clockAhead({ issuer }: Examination): number | undefined {
  return issuer?.keys?.clockAhead;
}
