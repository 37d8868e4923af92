import { TokenError, type TokenErrorCode } from "./token-error.ts";

/** Every {@link TokenErrorCode}, in the order of the checks. */
export const tokenErrorCodes: readonly TokenErrorCode[] = /* @__PURE__ */ Object.freeze([
  "token_missing",
  "token_malformed",
  "token_too_large",
  "token_encrypted",
  "critical_header_unknown",
  "algorithm_not_allowed",
  "token_type_wrong",
  "issuer_wrong",
  "audience_wrong",
  "token_expired",
  "token_not_yet_valid",
  "token_too_old",
  "keys_unavailable",
  "key_unknown",
  "key_unusable",
  "signature_invalid",
  "claim_missing",
  "claim_invalid",
  "rule_failed",
] as const);

/** Whether `value` is a {@link TokenError}, also one that comes from another copy of this package. */
export function isTokenError(value: unknown): value is TokenError {
  if (value instanceof TokenError) return true;
  return (
    value instanceof Error &&
    value.name === "TokenError" &&
    (tokenErrorCodes as readonly unknown[]).includes((value as { code?: unknown }).code)
  );
}
