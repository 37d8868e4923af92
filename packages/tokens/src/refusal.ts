import type { Facts } from "./facts.ts";
import { words } from "./parts.ts";
import { TokenError, type TokenErrorCode, type TokenErrorWords } from "./token-error.ts";

/** Makes a {@link TokenError} of what is known, without paying for sentences or a stack. */
export function refusal<Code extends TokenErrorCode>(code: Code, ...facts: Facts[Code]): TokenError {
  return withoutStack(code, () => words.loaded?.wordsFor(code, facts) ?? unexplained(code, facts));
}

/** Adds what caused a refusal, for whoever looks for the reason on the server. */
export function causedBy(cause: unknown, error: TokenError): TokenError {
  return Object.defineProperty(error, "cause", { value: cause, configurable: true, writable: true });
}

/** What is left to say where the sentences cannot be loaded; the decision stands. */
function unexplained(code: TokenErrorCode, [first]: readonly unknown[]): TokenErrorWords {
  return {
    what: `This token is refused: ${code}.`,
    fix: "Why could not be loaded.",
    retryAfter: code === "keys_unavailable" ? (first as number) : undefined,
  };
}

function withoutStack(code: TokenErrorCode, wording: () => TokenErrorWords): TokenError {
  const limits = Error as { stackTraceLimit?: number };
  const limit = limits.stackTraceLimit;
  try {
    limits.stackTraceLimit = 0;
  } catch {
    // Frozen intrinsics: the error then has a stack, and is dearer.
    return new TokenError(code, wording);
  }
  try {
    return new TokenError(code, wording);
  } finally {
    if (limit === undefined) delete limits.stackTraceLimit;
    else limits.stackTraceLimit = limit;
  }
}
