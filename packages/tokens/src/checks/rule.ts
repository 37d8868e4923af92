import type { Settings } from "../settings.ts";
import { isTokenError, refusal, type TokenError } from "../token-error.ts";
import { tokenOf } from "../verified-jwt.ts";
import type { VerifiedToken } from "../verified-token.ts";
import type { Refusal } from "../verifier-options.ts";
import type { Check, CheckName, Outcome } from "./check.ts";

const EVERYTHING_ELSE: readonly CheckName[] = [
  "form",
  "critical headers",
  "algorithm",
  "type",
  "issuer",
  "audience",
  "client",
  "expiry",
  "start",
  "age",
  "key",
  "signature",
  "claims",
];

/** Does the user's own rule let it pass? It only ever sees tokens that have passed everything else. */
export const rule: Check = {
  name: "rule",
  needs: EVERYTHING_ELSE,
  off: ({ settings }) => (settings.rule === undefined ? "no rule is configured" : undefined),
  run: (examination) => applyRule(examination.settings, tokenOf(examination)),
  found: () => "lets it pass",
  expected: () => "lets it pass",
};

/** The user's rule may look at anything, so it is also asked about tokens that are known to be good. */
export function applyRule({ rule }: Settings, token: VerifiedToken): Outcome | Promise<Outcome> {
  try {
    const answer: unknown = rule?.(token);
    if (answer === undefined || answer === null || answer === true) return undefined;
    const pending = typeof (answer as { then?: unknown }).then === "function";
    return pending ? Promise.resolve(answer).then(judge, refuseThrown) : judge(answer);
  } catch (error) {
    return refuseThrown(error);
  }
}

/** Whatever is neither nothing nor `true` refuses, so that a rule that is written wrongly lets nobody in. */
function judge(answer: unknown): Outcome {
  if (answer === undefined || answer === null || answer === true) return undefined;
  if (isTokenError(answer)) return answer;
  const { message, fix } = typeof answer === "object" ? (answer as Partial<Refusal>) : {};
  return refuseByRule(typeof message === "string" ? message : "A rule of this API refused the token.", fix);
}

function refuseThrown(error: unknown): TokenError {
  if (isTokenError(error)) return error;
  return refuseByRule(
    "A rule of this API failed.",
    "Mend the rule; the cause of this error says more.",
    error,
  );
}

function refuseByRule(message: string, fix: unknown, cause?: unknown): TokenError {
  return refusal("rule_failed", printable(message), {
    found: "a token that the rule does not let pass",
    expected: "a token that the rule lets pass",
    fix: printable(typeof fix === "string" ? fix : "Ask whoever runs this API what it requires."),
    cause,
  });
}

function printable(text: string): string {
  return text.replaceAll('"', "'").replace(/[^\x20-\x7e]|\\/g, "?");
}
