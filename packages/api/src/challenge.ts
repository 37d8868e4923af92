import type { Refusal } from "./refusal.ts";

/** An HTTP answer, ready to be written. */
export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a browser's script may read of an answer from another origin (Fetch standard, CORS protocol). */
const readable = ["WWW-Authenticate", "Retry-After", "DPoP-Nonce"];

/**
 * The answer to a refused request: status and challenge of RFC 6750 section 3, and the same as JSON.
 *
 * @param exposed the value of `Access-Control-Expose-Headers` that the response already has, if any
 */
export function answerTo(refusal: Refusal, realm: string, exposed: string | undefined): Answer {
  const { error, code, scopes, retryAfter } = refusal;
  const description = shortened(refusal.description, 1000);
  const challenge = challengeFor(refusal, realm, scopes);
  return {
    status: refusal.status,
    headers: {
      "content-type": "application/json; charset=utf-8",
      "cache-control": "no-store",
      "access-control-expose-headers": withReadable(exposed),
      ...(challenge !== undefined && { "www-authenticate": challenge }),
      ...(retryAfter !== undefined && { "retry-after": String(retryAfter) }),
    },
    body: JSON.stringify({ error, error_description: description, code }),
  };
}

function challengeFor(
  refusal: Refusal,
  realm: string,
  scopes: readonly string[] | undefined,
): string | undefined {
  const bare = `Bearer realm="${quotable(realm)}"`;
  switch (refusal.error) {
    case "temporarily_unavailable":
      return undefined;
    case "unauthorized":
      return bare;
    default: {
      const description = quotable(shortened(refusal.description, 500));
      const required = scopes === undefined ? "" : `, scope="${quotable(scopes.join(" "))}"`;
      return `${bare}, error="${refusal.error}", error_description="${description}"${required}`;
    }
  }
}

/** RFC 6750 section 3: printable ASCII without quote and backslash; nothing that could end the header. */
function quotable(text: string): string {
  return text
    .replaceAll('"', "'")
    .replaceAll("\\", "/")
    .replace(/[^\x20-\x7e]/g, "?");
}

function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 3)}...`;
}

function withReadable(exposed: string | undefined): string {
  const present = (exposed ?? "").split(",").map((name) => name.trim());
  const names = present.filter((name) => name !== "");
  const known = new Set(names.map((name) => name.toLowerCase()));
  return [...names, ...readable.filter((name) => !known.has(name.toLowerCase()))].join(", ");
}
