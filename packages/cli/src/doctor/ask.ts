/** Milliseconds for one request, the reading of its answer included. */
const PATIENCE = 5000;

/** Bytes of an answer that are looked at. */
const MOST_BYTES = 256 * 1024;

/** An answer, whatever its status; redirects are not followed. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The beginning of the body, as text. */
  readonly text: string;
  /** The body, if it is a JSON object. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
}

/** Why there was no answer, as the end of a sentence that begins with the address. */
export interface NoAnswer {
  readonly kind: "name" | "refused" | "certificate" | "time" | "other";
  readonly reason: string;
}

export interface Question {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: URLSearchParams;
}

/** Asks once, within bounds of time and size. */
export async function ask(url: URL, question: Question = {}): Promise<Answer | NoAnswer> {
  try {
    const response = await fetch(url, {
      method: question.method ?? (question.body ? "POST" : "GET"),
      headers: { ...question.headers },
      ...(question.body ? { body: question.body } : {}),
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE),
    });
    const text = await beginningOf(response);
    return { status: response.status, headers: response.headers, text, json: objectIn(text) };
  } catch (error) {
    return whyNot(error);
  }
}

export function answered(answer: Answer | NoAnswer): answer is Answer {
  return "status" in answer;
}

async function beginningOf(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return "";
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  while (bytes < MOST_BYTES) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return text;
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function whyNot(error: unknown): NoAnswer {
  const cause = (error as { cause?: { code?: unknown; errors?: { code?: unknown }[] } }).cause;
  const code = String(cause?.code ?? cause?.errors?.[0]?.code ?? (error as Error).name ?? "");
  if (code === "TimeoutError" || /TIMEDOUT|TIMEOUT/.test(code)) {
    return { kind: "time", reason: `did not answer within ${PATIENCE / 1000} seconds` };
  }
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return { kind: "name", reason: "has a host name that leads nowhere" };
  }
  if (code === "ECONNREFUSED") return { kind: "refused", reason: "has nobody listening" };
  if (/CERT|SSL|TLS|ERR_TLS|SELF_SIGNED|UNABLE_TO/.test(code)) {
    return { kind: "certificate", reason: `has a certificate that Node does not accept (${code})` };
  }
  return { kind: "other", reason: `broke off${/^[A-Z_]{3,40}$/.test(code) ? ` (${code})` : ""}` };
}
