import type { AuthError } from "./auth-error.ts";

/** What a route answers. Each framework writes it in its own way. */
export interface Outcome {
  readonly status: number;
  /** Where to send the browser. */
  readonly location?: string | undefined;
  /** `Set-Cookie` values. */
  readonly cookies: readonly string[];
  /** `Cache-Control` and the like; never `Location` or `Set-Cookie`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Why it did not work, with more than the browser is told: for logs. */
  readonly error?: AuthError | undefined;
}

/** An outcome as a web-standard response. */
export function toResponse({ status, location, cookies, headers, body }: Outcome): Response {
  const all = new Headers(headers);
  if (location !== undefined) all.set("location", location);
  for (const cookie of cookies) all.append("set-cookie", cookie);
  return new Response(body ?? null, { status, headers: all });
}
