import type { Attempt } from "./attempt.ts";

/** The request that everything is sent with. */
export interface Target {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds for a whole answer. */
  readonly timeout: number;
}

/** As much of an answer as is needed to judge it. */
export interface Answer {
  readonly status: number;
  readonly challenge: string | undefined;
  readonly contentType: string;
  /** Seconds. */
  readonly retryAfter: number | undefined;
  readonly location: string | undefined;
  /** The first 2000 characters. */
  readonly text: string;
}

/** There was no answer. */
export interface Silence {
  readonly silence: "refused" | "unknown_host" | "timeout" | "closed" | "tls" | "unknown";
}

export type Exchange = Answer | Silence;

export function isSilence(exchange: Exchange): exchange is Silence {
  return "silence" in exchange;
}

/** Sends one request. Redirects are not followed: the token goes to this address and to no other. */
export async function send(target: Target, attempt: Attempt): Promise<Exchange> {
  const url = new URL(target.url);
  if (attempt.query !== undefined) url.searchParams.set("access_token", attempt.query);
  try {
    const response = await fetch(url, {
      method: target.method,
      redirect: "manual",
      headers: {
        accept: "application/json",
        ...target.headers,
        ...(attempt.authorization !== undefined && { authorization: attempt.authorization }),
      },
      ...(target.body !== undefined && { body: target.body }),
      signal: AbortSignal.timeout(target.timeout),
    });
    const { headers, status } = response;
    const seconds = Number.parseInt(headers.get("retry-after") ?? "", 10);
    return {
      status,
      challenge: headers.get("www-authenticate") ?? undefined,
      contentType: headers.get("content-type") ?? "",
      retryAfter: Number.isNaN(seconds) ? undefined : seconds,
      location: headers.get("location") ?? undefined,
      text: await beginningOf(response),
    };
  } catch (error) {
    return { silence: silenceOf(error) };
  }
}

/** An answer without end is an answer all the same: its beginning is enough. */
async function beginningOf(response: Response): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length >= 2000) break;
  }
  return text.slice(0, 2000);
}

function silenceOf(error: unknown): Silence["silence"] {
  if (error instanceof Error && error.name === "TimeoutError") return "timeout";
  const code = codeOf(error);
  if (code === "ECONNREFUSED") return "refused";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "unknown_host";
  if (code === "ECONNRESET" || code === "EPIPE" || code === "UND_ERR_SOCKET") return "closed";
  if (/CERT|TLS|SSL|SELF_SIGNED/.test(code)) return "tls";
  return "unknown";
}

/** The code of an error, of its cause, or of the first attempt to reach one of several addresses. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if ("code" in error && typeof error.code === "string") return error.code;
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error.cause;
  return inner === undefined ? "" : codeOf(inner);
}
