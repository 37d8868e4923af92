import type { AuthError } from "./auth-error.ts";
import type { AuthRequest } from "./auth-request.ts";
import { errorPage } from "./error-page.ts";
import type { Outcome } from "./outcome.ts";
import { isNavigation } from "./provenance.ts";

/** Nothing of signing in may be kept by a cache, nor tell another site where somebody came from. */
export const PRIVATE: Readonly<Record<string, string>> = {
  "cache-control": "private, no-store",
  "referrer-policy": "no-referrer",
};

/** An error as an answer: a page for a person, JSON for a script. */
export function failure(
  error: AuthError,
  request: AuthRequest,
  loginUrl: string,
  cookies: readonly string[] = [],
): Outcome {
  const { status, code, retryAfter } = error;
  const page = isNavigation(request);
  return {
    status,
    cookies,
    headers: {
      ...PRIVATE,
      ...(retryAfter && { "retry-after": `${Math.ceil(retryAfter)}` }),
      ...(page ? errorPage.headers : { "content-type": "application/json" }),
    },
    body: page
      ? errorPage.html(code, loginUrl)
      : JSON.stringify({ error: code, error_description: errorPage.sentence(code) }),
    error,
  };
}
