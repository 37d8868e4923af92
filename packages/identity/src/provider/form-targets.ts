import type { Application } from "../access/index.ts";

/**
 * What a policy's `form-action` has to list so that a page's form may end in a redirect to an address: its origin,
 * its scheme where that is the application's own, and on loopback every port, because a native application takes
 * whichever is free.
 */
export function formTargetsOf({ type, redirectUris }: Pick<Application, "type" | "redirectUris">): string[] {
  return [...new Set(redirectUris.flatMap((uri) => formTargetOf(uri, type === "native")))];
}

function formTargetOf(uri: string, native: boolean): string[] {
  const url = URL.parse(uri);
  if (!url) return [];
  if (url.origin === "null") return [url.protocol];
  if (!native || url.protocol !== "http:") return [url.origin];
  // Policies know no IPv6 addresses (CSP 3 section 6.7.2.8), so there the scheme has to do.
  return [url.hostname === "[::1]" ? "http:" : `http://${url.hostname}:*`];
}
