import type { Explanation } from "@hallpass/tokens";
import { settings } from "../settings.ts";

/** What the API answered, as it came over the wire. */
export interface Answer {
  status: number;
  statusText: string;
  wwwAuthenticate: string | null;
  retryAfter: string | null;
  body: Record<string, unknown>;
}

export interface Outcome {
  answer: Answer;
  explanation: Explanation;
}

/**
 * Asks the API for the books with this token, and to explain it. Plain `fetch`, because `useApi` would put a good token
 * in the place of a bad one.
 */
export async function tryToken(
  door: string,
  token: string | undefined,
  signal: AbortSignal,
): Promise<Outcome> {
  const headers: HeadersInit = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const [books, explained] = await Promise.all([
    fetch(`${settings.apiUrl}${door}/books`, { headers, signal }),
    fetch(`${settings.apiUrl}${door}/explain`, { method: "POST", headers, signal }),
  ]);
  const { data } = (await explained.json()) as { data: { explanation: Explanation } };
  return {
    answer: {
      status: books.status,
      statusText: reasons[books.status] ?? books.statusText,
      wwwAuthenticate: books.headers.get("www-authenticate"),
      retryAfter: books.headers.get("retry-after"),
      body: await books.json(),
    },
    explanation: data.explanation,
  };
}

/** HTTP/2 has no reason phrases, so the usual ones are given here (RFC 9110 section 15). */
const reasons: Record<number, string> = {
  200: "OK",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  503: "Service Unavailable",
};
