import type { Facts } from "../facts.ts";
import type { TokenErrorWords } from "../token-error.ts";
import { duration, showTime } from "./printable.ts";

const GET_NEW = "Get a new access token: sign in again or use the refresh token.";

export function expired(...[exp, now, ahead]: Facts["token_expired"]): TokenErrorWords {
  const found = showTime(exp, now);
  return {
    what: `This token expired at ${found}.`,
    found,
    expected: "a time that is still to come",
    fix: clockFix(ahead, (seconds) => now / 1000 - seconds < exp) ?? GET_NEW,
  };
}

export function early(...[time, now, ahead, claim]: Facts["token_not_yet_valid"]): TokenErrorWords {
  const found = showTime(time, now);
  return {
    what: `This token ${claim === "nbf" ? "is valid from" : "was issued at"} ${found}.`,
    found,
    expected: "a time that has come",
    fix:
      clockFix(ahead, (seconds) => time <= now / 1000 - seconds) ??
      "Set the clocks of this server and of the issuer right; clockTolerance allows for small differences.",
  };
}

export function tooOld(...[iat, now, ahead, maxTokenAge]: Facts["token_too_old"]): TokenErrorWords {
  const found = showTime(iat, now);
  const most = duration(maxTokenAge);
  return {
    what: `This token was issued at ${found}; at most ${most} are accepted.`,
    found,
    expected: `at most ${most} ago`,
    fix: clockFix(ahead, (seconds) => now / 1000 - seconds - iat <= maxTokenAge) ?? GET_NEW,
  };
}

/** What to do when this machine's clock is why the token is refused: by the issuer's clock it would pass. */
function clockFix(ahead: number | undefined, passes: (secondsAhead: number) => boolean): string | undefined {
  if (ahead === undefined || !passes(ahead)) return undefined;
  return `Set this server's clock right: it is ${clockDifference(ahead)} the issuer's, by which this token is valid now.`;
}

export function clockDifference(ahead: number): string {
  return `${duration(Math.abs(ahead))} ${ahead > 0 ? "ahead of" : "behind"}`;
}
