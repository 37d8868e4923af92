/**
 * Why something about signing in did not happen.
 *
 * | code | status | meaning |
 * |---|---|---|
 * | `not_signed_in` | 401 | nobody is signed in, so there is no token to hand out |
 * | `session_ended` | 401 | the issuer refused to renew the session: sign in again |
 * | `access_denied` | 403 | the person, or the issuer, declined the sign-in |
 * | `cross_site` | 403 | a page of another site may have sent this request, or a script asked for a page |
 * | `sign_in_expired` | 400 | the answer belongs to no sign-in that this browser has begun, or to one that is too old or done |
 * | `sign_in_failed` | 400 | the issuer's answer did not pass a check, or the code was refused |
 * | `issuer_error` | 502 | the issuer answered with an error; `reason` is its OAuth error code |
 * | `issuer_wrong` | 502 | the discovery document is not that of the configured issuer, or lacks what sign-in needs |
 * | `issuer_unreachable` | 503 | the issuer could not be reached or answered nonsense: try again later |
 * | `store_unavailable` | 503 | the session store failed: try again later |
 * | `logout_token_invalid` | 400 | a back-channel logout did not pass a check |
 * | `option_invalid` | 500 | an option is missing or wrong; the message names it |
 * | `session_too_large` | 500 | the tokens do not fit into cookies: use a store |
 * | `not_supported` | 500 | what was asked for does not go with the configuration; the message says why |
 * | `origin_not_allowed` | 500 | a token was about to be sent to an origin that is not listed |
 * | `api_redirected` | 502 | an API answered with a redirect, and a token is never sent along one |
 */
export type AuthErrorCode = keyof typeof statusOf;

const statusOf = {
  not_signed_in: 401,
  session_ended: 401,
  access_denied: 403,
  cross_site: 403,
  sign_in_expired: 400,
  sign_in_failed: 400,
  issuer_error: 502,
  issuer_wrong: 502,
  issuer_unreachable: 503,
  store_unavailable: 503,
  logout_token_invalid: 400,
  option_invalid: 500,
  session_too_large: 500,
  not_supported: 500,
  origin_not_allowed: 500,
  api_redirected: 502,
} as const;

/** An error of this package. Compare `code`; `message` is for people. It never carries a token. */
export class AuthError extends Error {
  override name = "AuthError";
  readonly code: AuthErrorCode;
  /** The HTTP status that an answer with this error should have. */
  readonly status: number;
  /** The OAuth error code of the issuer (RFC 6749 section 5.2, OpenID Connect Core 3.1.2.6), if it gave one. */
  readonly reason: string | undefined;
  /** Seconds to wait before the next attempt, if that is known. */
  readonly retryAfter: number | undefined;
  /** Where the person wanted to be, if a sign-in failed: a path on this origin. */
  readonly returnTo: string | undefined;

  constructor(
    code: AuthErrorCode,
    message: string,
    more: Partial<Pick<AuthError, "reason" | "retryAfter" | "returnTo">> = {},
  ) {
    super(message);
    this.code = code;
    this.status = statusOf[code];
    this.reason = more.reason;
    this.retryAfter = more.retryAfter;
    this.returnTo = more.returnTo;
  }
}

/** Whether `error` is an {@link AuthError}, also when two copies of this package are in the process. */
export function isAuthError(error: unknown): error is AuthError {
  return error instanceof Error && error.name === "AuthError" && "code" in error;
}
