/**
 * Why something about signing in did not happen.
 *
 * | code | meaning |
 * |---|---|
 * | `not_signed_in` | nobody is signed in, so there is no token to hand out |
 * | `session_ended` | the issuer refused to renew the session: sign in again |
 * | `access_denied` | the person, or the issuer, declined the sign-in |
 * | `sign_in_expired` | the answer belongs to a sign-in that this tab no longer knows (too old, or used already) |
 * | `sign_in_failed` | the issuer's answer did not pass a check, or the code was refused |
 * | `issuer_error` | the issuer answered with an error; `reason` is its OAuth error code |
 * | `issuer_wrong` | the discovery document is not that of the configured issuer, or lacks what sign-in needs |
 * | `issuer_unreachable` | the issuer could not be reached or answered nonsense: try again later |
 * | `storage_blocked` | the browser denies this site its storage, so a sign-in could not be matched to its answer |
 * | `context_insecure` | the page is neither https nor localhost, so the browser offers no cryptography |
 * | `option_invalid` | an option is missing or wrong; the message names it |
 * | `api_redirected` | an API answered with a redirect, and a token is never sent along one |
 * | `provider_missing` | a hook or component was used outside `<AuthProvider>` |
 */
export type AuthErrorCode =
  | "not_signed_in"
  | "session_ended"
  | "access_denied"
  | "sign_in_expired"
  | "sign_in_failed"
  | "issuer_error"
  | "issuer_wrong"
  | "issuer_unreachable"
  | "storage_blocked"
  | "context_insecure"
  | "option_invalid"
  | "api_redirected"
  | "provider_missing";

/** An error of this package. Compare `code`; `message` is for people. It never carries a token. */
export class AuthError extends Error {
  override name = "AuthError";
  readonly code: AuthErrorCode;
  /** The OAuth error code of the issuer (RFC 6749 section 5.2, OpenID Connect Core 3.1.2.6), if it gave one. */
  readonly reason?: string;
  /** Seconds to wait before the next attempt, if the issuer asked for it. */
  readonly retryAfter?: number;

  constructor(code: AuthErrorCode, message: string, more?: { reason?: string; retryAfter?: number }) {
    super(message);
    this.code = code;
    this.reason = more?.reason;
    this.retryAfter = more?.retryAfter;
  }
}

export const notSignedIn = (): AuthError =>
  new AuthError("not_signed_in", "nobody is signed in: call login()");

/** Whether `error` is an {@link AuthError}, also when two copies of this package are on the page. */
export function isAuthError(error: unknown): error is AuthError {
  return error instanceof Error && error.name === "AuthError" && "code" in error;
}
