/** Bytes of an answer that are read, after decompression. */
const MOST_BYTES = 512 * 1024;

const MOST_REDIRECTS = 3;

/** What went wrong at an address. */
export type FetchProblemName =
  | "unreachable"
  | "broken"
  | "late"
  | "redirectElsewhere"
  | "redirectNowhere"
  | "redirectOrigin"
  | "redirectEndless"
  | "status"
  | "noJson"
  | "size"
  | "noIssuer"
  | "otherIssuer"
  | "noJwksUri"
  | "badJwksUri"
  | "noKeys"
  | "manyKeys"
  | "nothing"
  | "unknown";

/** Why something could not be fetched: what, where, and what was found. */
export type FetchProblem = readonly [name: FetchProblemName, url?: string, ...found: unknown[]];

/** Thrown where something cannot be fetched. */
export class FetchFailure extends Error {
  readonly problem: FetchProblem;

  constructor(...problem: FetchProblem) {
    super();
    this.problem = problem;
  }
}

/** A JSON answer; nothing if there is nothing at this address. */
export type JsonAnswer = { readonly body: unknown; readonly headers: Headers } | undefined;

/** Where {@link fetchJson} gets its answers, and for how long. */
export interface FetchTerms {
  readonly fetch: typeof fetch;
  /** Ends everything: connecting, waiting for headers and reading the body. */
  readonly deadline: AbortSignal;
}

/**
 * Fetches a JSON document. Bounded in bytes and by the deadline, also when `fetch` ignores its signal; follows redirects
 * only within the origin, so that nobody but the configured host decides what keys are.
 *
 * @throws {FetchFailure}
 */
export function fetchJson({ href }: URL, terms: FetchTerms): Promise<JsonAnswer> {
  const { deadline } = terms;
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new FetchFailure("late", href));
    if (deadline.aborted) stop();
    deadline.addEventListener("abort", stop, { once: true });
    read(href, terms)
      .then(resolve, reject)
      .finally(() => deadline.removeEventListener("abort", stop));
  });
}

async function read(start: string, terms: FetchTerms): Promise<JsonAnswer> {
  let url = start;
  for (let redirects = 0; ; redirects++) {
    const response = await request(url, terms);
    const target = redirectTarget(response, url);
    if (target === undefined) return answer(response, url);
    void discard(response);
    if (target.origin !== new URL(start).origin) throw new FetchFailure("redirectOrigin", url, target.origin);
    if (redirects >= MOST_REDIRECTS) throw new FetchFailure("redirectEndless", start);
    url = target.href;
  }
}

async function request(url: string, { fetch, deadline }: FetchTerms): Promise<Response> {
  try {
    return await fetch(url, {
      headers: { accept: "application/json" },
      redirect: "manual",
      signal: deadline,
    });
  } catch (error) {
    throw new FetchFailure("unreachable", url, error);
  }
}

function redirectTarget({ type, status, headers }: Response, url: string): URL | undefined {
  if (type === "opaqueredirect") throw new FetchFailure("redirectElsewhere", url);
  if (![301, 302, 303, 307, 308].includes(status)) return undefined;
  try {
    return new URL(headers.get("location") ?? "", url);
  } catch {
    throw new FetchFailure("redirectNowhere", url);
  }
}

async function answer(response: Response, url: string): Promise<JsonAnswer> {
  const { ok, status, headers } = response;
  if (!ok) {
    void discard(response);
    if (status === 404) return undefined;
    throw new FetchFailure("status", url, status);
  }
  const text = await readText(response, url);
  try {
    return { body: JSON.parse(text), headers };
  } catch {
    throw new FetchFailure("noJson", url, headers.get("content-type"));
  }
}

async function readText({ body }: Response, url: string): Promise<string> {
  const reader = body?.getReader();
  if (reader === undefined) return "";
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      bytes += value.byteLength;
      if (bytes > MOST_BYTES) throw new FetchFailure("size", url, MOST_BYTES);
      text += decoder.decode(value, { stream: true });
    }
  } catch (error) {
    void reader.cancel().catch(() => {});
    throw error instanceof FetchFailure ? error : new FetchFailure("broken", url, error);
  }
}

async function discard(response: Response): Promise<void> {
  try {
    await response.body?.cancel();
  } catch {
    // The connection is gone already, which is all that was wanted.
  }
}
