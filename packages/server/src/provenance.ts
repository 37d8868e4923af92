import { type AuthRequest, headerOf } from "./auth-request.ts";

/** Whether a person waits for the answer, in a window of a browser, and not a script that reads it. */
export function isNavigation(request: AuthRequest): boolean {
  const mode = headerOf(request, "sec-fetch-mode");
  if (mode !== undefined) return mode === "navigate";
  return headerOf(request, "accept")?.includes("text/html") === true;
}

/** Whether the browser says that it only guesses that somebody will want this page. */
export function isPrefetch(request: AuthRequest): boolean {
  return (headerOf(request, "sec-purpose") ?? headerOf(request, "purpose"))?.includes("prefetch") === true;
}

/** The header with which a program that is no browser says that no foreign page made it ask. */
const OWN_HEADER = "x-hallpass";

/**
 * Whether no foreign page can have made the browser send this request. `Sec-Fetch-Site` and `Origin` are headers that no
 * page can set; a browser that sends neither cannot be made to send a header of its own by a foreign page, unless CORS
 * lets it.
 *
 * @param origins those that count as one's own
 */
export function comesFrom(request: AuthRequest, origins: readonly string[]): boolean {
  const origin = headerOf(request, "origin");
  const site = headerOf(request, "sec-fetch-site");
  // With `Referrer-Policy: no-referrer` a form of one's own page says "null", like a foreign page in a sandbox.
  if (origin !== undefined && origin !== "null") return origins.includes(origin);
  if (site !== undefined) return site === "same-origin" || site === "none";
  return origin === undefined && headerOf(request, OWN_HEADER) !== undefined;
}

/** Whether a link of one's own page, a bookmark or the address bar led here. */
export function isOwnNavigation(request: AuthRequest): boolean {
  const site = headerOf(request, "sec-fetch-site");
  return (site === "same-origin" || site === "none") && isNavigation(request) && !isPrefetch(request);
}
