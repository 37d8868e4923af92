import { own } from "../claims/jwt-claims.ts";
import type { CompactJws } from "../compact-jws.ts";
import { duration, show, showTime } from "../printable.ts";
import type { Settings } from "../settings.ts";
import { refusal, type TokenError } from "../token-error.ts";
import { type Check, type Examination, jwsOf } from "./check.ts";

// Comparisons are written so that a clock that gives NaN refuses.

/** Has it expired (RFC 7519 section 4.1.4)? A token without `exp` would be good for ever and is refused. */
export const expiry: Check = {
  name: "expiry",
  needs: ["form"],
  run(examination, now) {
    const exp = timeClaim(examination, "exp");
    if (exp === undefined) return refuseMissing("exp", "Have the issuer make tokens that expire.");
    if (typeof exp !== "number") return exp;
    if (now / 1000 < exp + examination.settings.clockTolerance) return undefined;
    return refusal("token_expired", () => {
      const found = showTime(exp, now);
      return {
        what: `This token expired at ${found}.`,
        found,
        expected: "a time that is still to come",
        fix:
          clockFix(examination, (seconds) => now / 1000 - seconds < exp) ??
          "Get a new access token: sign in again or use the refresh token.",
      };
    });
  },
  found: (examination, now) => `${shownTime(examination, "exp", now)}${clockNote(examination)}`,
  expected: () => "a time that is still to come",
};

/** Is it valid yet (RFC 7519 section 4.1.5)? */
export const start: Check = {
  name: "start",
  needs: ["form"],
  off: (examination) =>
    own(jwsOf(examination).payload, "nbf") === undefined ? "the token has no nbf" : undefined,
  run(examination, now) {
    const nbf = timeClaim(examination, "nbf");
    if (nbf === undefined) return undefined;
    if (typeof nbf !== "number") return nbf;
    return nbf <= now / 1000 + examination.settings.clockTolerance
      ? undefined
      : refuseEarly(examination, "is valid from", nbf, now);
  },
  found: (examination, now) => shownTime(examination, "nbf", now),
  expected: () => "a time that has come",
};

/** Is it young enough, whatever its expiry says? */
export const age: Check = {
  name: "age",
  needs: ["form"],
  off: (examination) =>
    examination.settings.maxTokenAge === undefined && own(jwsOf(examination).payload, "iat") === undefined
      ? "no maxTokenAge is configured and the token has no iat"
      : undefined,
  run(examination, now) {
    const { maxTokenAge, clockTolerance } = examination.settings;
    const iat = timeClaim(examination, "iat");
    if (iat !== undefined && typeof iat !== "number") return iat;
    if (maxTokenAge === undefined) return undefined;
    if (iat === undefined) return refuseMissing("iat", "Have the issuer write it, or leave maxTokenAge out.");
    if (!(iat <= now / 1000 + clockTolerance)) return refuseEarly(examination, "was issued at", iat, now);
    if (now / 1000 - iat <= maxTokenAge + clockTolerance) return undefined;
    const found = showTime(iat, now);
    return refusal(
      "token_too_old",
      `This token was issued at ${found}; at most ${duration(maxTokenAge)} are accepted.`,
      {
        found,
        expected: `at most ${duration(maxTokenAge)} ago`,
        fix:
          clockFix(examination, (seconds) => now / 1000 - seconds - iat <= maxTokenAge) ??
          "Get a new access token: sign in again or use the refresh token.",
      },
    );
  },
  found: (examination, now) => shownTime(examination, "iat", now),
  expected: ({ settings }) =>
    settings.maxTokenAge === undefined ? undefined : `at most ${duration(settings.maxTokenAge)} ago`,
};

/**
 * From when until when the three checks above pass, in whole seconds since 1970, rather too short than too long. For a
 * token that has passed them: used again, it need not be asked anew as long as the clock is within. Outside, they decide.
 */
export function timeWindow({ payload }: CompactJws, settings: Settings): { from: number; until: number } {
  const { clockTolerance, maxTokenAge } = settings;
  const [exp, nbf, iat] = [own(payload, "exp"), own(payload, "nbf"), own(payload, "iat")] as number[];
  let from = nbf ?? 0;
  let until = exp as number;
  if (maxTokenAge !== undefined) {
    from = Math.max(from, iat as number);
    until = Math.min(until, (iat as number) + maxTokenAge);
  }
  return { from: Math.max(0, Math.ceil(from - clockTolerance)), until: Math.floor(until + clockTolerance) };
}

/** A NumericDate (RFC 7519 section 2), the refusal for something else in its place, or undefined when absent. */
function timeClaim(examination: Examination, name: "exp" | "nbf" | "iat"): number | TokenError | undefined {
  const value = own(jwsOf(examination).payload, name);
  if (value === undefined) return undefined;
  // JSON can hold numbers that overflow to Infinity.
  if (typeof value === "number" && Number.isFinite(value)) return value;
  const found =
    typeof value === "number" ? "a number out of range" : `a ${value === null ? "null" : typeof value}`;
  return refusal("claim_invalid", `The ${name} of this token is ${found}, not a time.`, {
    found,
    expected: "a number of seconds since 1970",
    fix: "Have the issuer write times as RFC 7519 says.",
  });
}

function refuseMissing(name: string, fix: string): TokenError {
  return refusal("claim_missing", `This token has no ${name}.`, { found: "missing", expected: name, fix });
}

function refuseEarly(examination: Examination, what: string, time: number, now: number): TokenError {
  const found = showTime(time, now);
  return refusal("token_not_yet_valid", `This token ${what} ${found}.`, {
    found,
    expected: "a time that has come",
    fix:
      clockFix(examination, (seconds) => time <= now / 1000 - seconds) ??
      "Set the clocks of this server and of the issuer right; clockTolerance allows for small differences.",
  });
}

/** What to do when this machine's clock is why the token is refused: by the issuer's clock it would pass. */
function clockFix(examination: Examination, passes: (secondsAhead: number) => boolean): string | undefined {
  const ahead = examination.issuer?.keys.clockAhead;
  if (ahead === undefined || !passes(ahead)) return undefined;
  return `Set this server's clock right: it is ${difference(ahead)} the issuer's, by which this token is valid now.`;
}

function clockNote(examination: Examination): string {
  const ahead = examination.issuer?.keys.clockAhead;
  return ahead === undefined ? "" : `; this server's clock is ${difference(ahead)} the issuer's`;
}

function difference(ahead: number): string {
  return `${duration(Math.abs(ahead))} ${ahead > 0 ? "ahead of" : "behind"}`;
}

function shownTime(examination: Examination, name: string, now: number): string {
  const value = own(jwsOf(examination).payload, name);
  return typeof value === "number" ? showTime(value, now) : show(value);
}
