import type { TokenError, TokenErrorCode } from "@hallpass/tokens";

/** Why a request was refused before its token was looked at, or after the token was found good. */
export type RequestRefusalCode =
  | "scheme_unsupported"
  | "authorization_malformed"
  | "authorization_repeated"
  | "bearer_token_empty"
  | "token_binding_unchecked"
  | "permission_missing"
  | "scope_missing"
  | "role_missing"
  | "organization_missing"
  | "organization_wrong"
  | "flag_missing"
  | "condition_unmet"
  | "alternatives_unmet";

/** Every reason for a refusal. New causes get new codes; a code never changes its meaning. */
export type RefusalCode = TokenErrorCode | RequestRefusalCode;

/** The `error` of the answer: RFC 6750 section 3.1, and what it has no word for. */
export type RefusalError =
  | "unauthorized"
  | "invalid_request"
  | "invalid_token"
  | "insufficient_scope"
  | "temporarily_unavailable";

/** A request that is not let in, and everything its answer needs. It never holds the token. */
export interface Refusal {
  readonly status: 400 | 401 | 403 | 431 | 503;
  readonly error: RefusalError;
  readonly code: RefusalCode;
  /** What was found, what was expected and the fix, for people. */
  readonly description: string;
  /** The scopes that the endpoint requires, when one of them is missing. */
  readonly scopes?: readonly string[];
  /** Seconds after which the same request may succeed. */
  readonly retryAfter?: number;
}

/** Nothing was sent that could be checked: the challenge stays bare (RFC 6750 section 3.1). */
export function unauthorized(code: RefusalCode, description: string): Refusal {
  return { status: 401, error: "unauthorized", code, description };
}

/** What was sent breaks the rules of RFC 6750 section 2. */
export function invalidRequest(code: RefusalCode, description: string): Refusal {
  return { status: 400, error: "invalid_request", code, description };
}

export function invalidToken(code: RefusalCode, description: string): Refusal {
  return { status: 401, error: "invalid_token", code, description };
}

export function forbidden(code: RefusalCode, description: string, scopes?: readonly string[]): Refusal {
  const refusal: Refusal = { status: 403, error: "insufficient_scope", code, description };
  return scopes === undefined ? refusal : { ...refusal, scopes };
}

/** 431, as Node's own server answers headers over its limit: another token of the same size would not help. */
export function tooLarge(description: string): Refusal {
  return { status: 431, error: "invalid_request", code: "token_too_large", description };
}

/** Turns a failed verification into its answer. An issuer that cannot be reached is not the caller's fault. */
export function refusalOf(error: TokenError): Refusal {
  if (error.code === "token_missing") return unauthorized(error.code, error.message);
  if (error.code === "token_too_large") return tooLarge(error.message);
  if (error.code !== "keys_unavailable") return invalidToken(error.code, error.message);
  return {
    status: 503,
    error: "temporarily_unavailable",
    code: error.code,
    description: error.message,
    retryAfter: Math.max(1, Math.ceil(error.retryAfter ?? 5)),
  };
}
