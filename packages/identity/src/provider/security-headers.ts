import type { ServerResponse } from "node:http";

/**
 * The policy of a page: nothing but the server's own stylesheet and images, no frames, no scripts. A form may
 * lead to the application's origins, because browsers apply `form-action` to the redirects after it as well.
 */
export function pagePolicy(formTargets: readonly string[] = []): string {
  return [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self' data:",
    `form-action ${["'self'", ...formTargets].join(" ")}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/**
 * The policy of what the provider itself renders (`response_mode=form_post`): its one inline script, whose hash
 * it adds to `script-src`.
 */
const PROVIDER_POLICY =
  "default-src 'none'; script-src; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** Headers that every answer carries, whoever writes it. */
export function setSecurityHeaders(response: ServerResponse, issuer: string): void {
  response.setHeader("cache-control", "no-store");
  response.setHeader("content-security-policy", PROVIDER_POLICY);
  response.setHeader("cross-origin-opener-policy", "same-origin");
  response.setHeader("referrer-policy", "same-origin");
  response.setHeader("x-content-type-options", "nosniff");
  response.setHeader("x-frame-options", "DENY");
  if (issuer.startsWith("https:")) response.setHeader("strict-transport-security", "max-age=31536000");
}
