import { isAuthError } from "@hallpass/client";

/** An error by the members that Auth0's SDK gives it. Its `cause` is the error of ours, if there is one. */
export class OAuthError extends Error {
  override name = "OAuthError";
  /** An OAuth error code, such as `login_required` or `access_denied`; or a code of ours. */
  readonly error: string;
  /** For people to read. */
  readonly error_description: string | undefined;

  constructor(error: string, error_description?: string, options?: ErrorOptions) {
    super(error_description ?? error, options);
    this.error = error;
    this.error_description = error_description;
  }
}

/** @returns `error` as applications that were written for Auth0's SDK know it */
export function oauthError(error: unknown): OAuthError {
  if (!isAuthError(error)) return error instanceof OAuthError ? error : new OAuthError("error", `${error}`);
  const { code, reason, message } = error;
  // Whatever it was that ended the session, what helps is to sign in.
  const isOver = code === "not_signed_in" || code === "session_ended";
  return new OAuthError(isOver ? "login_required" : (reason ?? code), message, { cause: error });
}
