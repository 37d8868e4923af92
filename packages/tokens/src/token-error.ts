/** Why a token was refused: one code for one cause. New causes get new codes; these never change meaning. */
export type TokenErrorCode =
  | "token_missing"
  | "token_malformed"
  | "token_too_large"
  | "token_encrypted"
  | "algorithm_not_allowed"
  | "critical_header_unknown"
  | "token_type_wrong"
  | "key_unknown"
  | "key_unusable"
  | "signature_invalid"
  | "issuer_wrong"
  | "audience_wrong"
  | "token_expired"
  | "token_not_yet_valid"
  | "token_too_old"
  | "claim_missing"
  | "claim_invalid"
  | "rule_failed"
  | "keys_unavailable";

/** What a {@link TokenError} says besides its code. */
export interface TokenErrorDetails {
  /** What the token had, shortened and made printable. */
  found?: string | undefined;
  /** What it should have had. */
  expected?: string | undefined;
  /** What to do about it, as a sentence. */
  fix: string;
  /** Seconds after which another try makes sense; only with `keys_unavailable`. */
  retryAfter?: number | undefined;
  cause?: unknown;
}

/** All that a {@link TokenError} says. */
export interface TokenErrorWords extends TokenErrorDetails {
  /** What is the matter, as a sentence. */
  what: string;
}

/**
 * A refused token. `message` is one or two sentences for people: what was found, what was expected and the fix.
 * It holds only printable ASCII without double quotes and backslashes, so that it fits a `WWW-Authenticate`
 * header (RFC 6750 section 3), and never the token, its signature or a personal claim.
 *
 * `keys_unavailable` is not the caller's fault: answer 503 with `Retry-After`, not 401.
 *
 * It has no stack: it is an answer about a token, not about a place in the code, and taking the stack
 * would cost more than all the checks before it.
 */
export class TokenError extends Error {
  declare readonly code: TokenErrorCode;
  #words: TokenErrorWords | (() => TokenErrorWords);

  static {
    TokenError.prototype.name = "TokenError";
  }

  constructor(code: TokenErrorCode, what: string, details: TokenErrorDetails);
  /** The words are made when somebody reads them, once: to put them together costs more than to refuse. */
  constructor(code: TokenErrorCode, words: () => TokenErrorWords);
  constructor(code: TokenErrorCode, what: string | (() => TokenErrorWords), details?: TokenErrorDetails) {
    super(undefined, details?.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.#words = typeof what === "function" ? what : () => ({ ...(details as TokenErrorDetails), what });
  }

  #read(): TokenErrorWords {
    if (typeof this.#words === "function") this.#words = this.#words();
    return this.#words;
  }

  override get message(): string {
    const { what, fix } = this.#read();
    return `${what} ${fix}`;
  }

  get found(): string | undefined {
    return this.#read().found;
  }

  get expected(): string | undefined {
    return this.#read().expected;
  }

  get fix(): string {
    return this.#read().fix;
  }

  /** Seconds; set with `keys_unavailable` only. */
  get retryAfter(): number | undefined {
    return this.#read().retryAfter;
  }

  toJSON(): {
    name: string;
    code: TokenErrorCode;
    message: string;
    found?: string | undefined;
    expected?: string | undefined;
    fix: string;
    retryAfter?: number | undefined;
  } {
    const { name, code, message, found, expected, fix, retryAfter } = this;
    return { name, code, message, found, expected, fix, retryAfter };
  }
}
