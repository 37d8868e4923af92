import { causedBy, refusal } from "../refusal.ts";
import type { Settings } from "../settings.ts";
import type { TokenError } from "../token-error.ts";
import { isTokenError } from "../token-error-codes.ts";
import { tokenOf } from "../verified-jwt.ts";
import type { VerifiedToken } from "../verified-token.ts";
import type { Check, Outcome } from "./check.ts";

/** Does the user's own rule let it pass? It only ever sees tokens that have passed everything else. */
export const rule: Check = (examination) => {
  const { settings } = examination;
  return settings.rule === undefined ? undefined : applyRule(settings, tokenOf(examination));
};

/** The user's rule may look at anything, so it is also asked about tokens that are known to be good. */
export function applyRule({ rule }: Settings, token: VerifiedToken): Outcome | Promise<Outcome> {
  try {
    const answer: unknown = rule?.(token);
    return typeof (answer as { then?: unknown } | null | undefined)?.then === "function"
      ? Promise.resolve(answer).then(judge, refuseThrown)
      : judge(answer);
  } catch (error) {
    return refuseThrown(error);
  }
}

/** Whatever is neither nothing nor `true` refuses, so that a rule that is written wrongly lets nobody in. */
function judge(answer: unknown): Outcome {
  if (answer === undefined || answer === null || answer === true) return undefined;
  if (isTokenError(answer)) return answer;
  const { message, fix } = answer as { message?: unknown; fix?: unknown };
  return refusal("rule_failed", message, fix);
}

function refuseThrown(error: unknown): TokenError {
  return isTokenError(error) ? error : causedBy(error, refusal("rule_failed", undefined, undefined, true));
}
