import type { Facts } from "../facts.ts";
import type { TokenErrorCode, TokenErrorWords } from "../token-error.ts";
import { invalidClaim, missingClaim, refusedByRule } from "./claims.ts";
import { wrongAlgorithm, wrongAudience, wrongIssuer } from "./expectations.ts";
import { keysUnavailable, unknownKey, unusableKey } from "./keys.ts";
import { encrypted, malformed, missing, tooLarge } from "./not-a-jwt.ts";
import { show } from "./printable.ts";
import { early, expired, tooOld } from "./time.ts";
import { wrongType } from "./type.ts";

/** The sentences of each code, made of what was known when the token was refused. */
const sentences: { readonly [Code in TokenErrorCode]: (...facts: Facts[Code]) => TokenErrorWords } = {
  token_missing: missing,
  token_malformed: malformed,
  token_too_large: tooLarge,
  token_encrypted: encrypted,
  critical_header_unknown: critical,
  algorithm_not_allowed: wrongAlgorithm,
  token_type_wrong: wrongType,
  issuer_wrong: wrongIssuer,
  audience_wrong: wrongAudience,
  token_expired: expired,
  token_not_yet_valid: early,
  token_too_old: tooOld,
  keys_unavailable: keysUnavailable,
  key_unknown: unknownKey,
  key_unusable: unusableKey,
  signature_invalid: forged,
  claim_missing: missingClaim,
  claim_invalid: invalidClaim,
  rule_failed: refusedByRule,
};

export function wordsFor<Code extends TokenErrorCode>(code: Code, facts: Facts[Code]): TokenErrorWords {
  return (sentences[code] as (...facts: Facts[Code]) => TokenErrorWords)(...facts);
}

function critical(...[member, value]: Facts["critical_header_unknown"]): TokenErrorWords {
  const demands: Record<string, string> = {
    crit: "extensions that are not known here",
    b64: "an unencoded payload (b64, RFC 7797)",
    zip: "compression (zip)",
  };
  const found = `${member} ${show(value)}`;
  return {
    what: `The header of this token demands ${demands[member]}: ${found}.`,
    found,
    expected: "no crit, b64 or zip in the header",
    fix: "Have the issuer make plain JWTs for this API.",
  };
}

function forged(): TokenErrorWords {
  return {
    what: "The signature of this token is not valid: the token was changed or forged.",
    found: "a signature that does not fit the text",
    expected: "a signature by the issuer's key",
    fix: "Use the token exactly as the issuer gave it, or sign in again.",
  };
}
