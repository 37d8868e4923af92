/** Bytes of an answer that are read, after decompression. */
const MOST_BYTES = 512 * 1024;

const MOST_REDIRECTS = 3;

/** Why something could not be fetched, as the end of a sentence that starts with the URL. */
export class FetchFailure extends Error {}

/** A JSON answer, or the news that there is nothing at this address. */
export type JsonAnswer =
  | { readonly status: "found"; readonly body: unknown; readonly headers: Headers }
  | { readonly status: "not_found" };

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
export async function fetchJson(url: URL, terms: FetchTerms): Promise<JsonAnswer> {
  return before(terms.deadline, read(url, terms), `${url.href} did not answer in time`);
}

async function read(start: URL, terms: FetchTerms): Promise<JsonAnswer> {
  let url = start;
  for (let redirects = 0; ; redirects++) {
    const response = await request(url, terms);
    const target = redirectTarget(response, url);
    if (target === undefined) return answer(response, url);
    void discard(response);
    if (target.origin !== start.origin) {
      throw new FetchFailure(`${url.href} redirects to another origin (${target.origin})`);
    }
    if (redirects >= MOST_REDIRECTS) throw new FetchFailure(`${start.href} redirects without end`);
    url = target;
  }
}

async function request(url: URL, terms: FetchTerms): Promise<Response> {
  try {
    return await terms.fetch(url.href, {
      headers: { accept: "application/json" },
      redirect: "manual",
      signal: terms.deadline,
    });
  } catch (error) {
    throw new FetchFailure(`${url.href} could not be reached${reason(error)}`);
  }
}

function redirectTarget(response: Response, url: URL): URL | undefined {
  if (response.type === "opaqueredirect") throw new FetchFailure(`${url.href} redirects elsewhere`);
  if (![301, 302, 303, 307, 308].includes(response.status)) return undefined;
  const location = response.headers.get("location") ?? "";
  try {
    return new URL(location, url);
  } catch {
    throw new FetchFailure(`${url.href} redirects to nowhere`);
  }
}

async function answer(response: Response, url: URL): Promise<JsonAnswer> {
  if (!response.ok) {
    void discard(response);
    if (response.status === 404) return { status: "not_found" };
    throw new FetchFailure(`${url.href} answered with status ${response.status}`);
  }
  const text = await readText(response, url);
  try {
    return { status: "found", body: JSON.parse(text), headers: response.headers };
  } catch {
    const type = response.headers.get("content-type")?.split(";", 1)[0] ?? "no content type";
    throw new FetchFailure(`${url.href} answered with something that is not JSON (${type.slice(0, 40)})`);
  }
}

async function readText(response: Response, url: URL): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return "";
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      bytes += value.byteLength;
      if (bytes > MOST_BYTES)
        throw new FetchFailure(`${url.href} answered with more than ${MOST_BYTES / 1024} kB`);
      text += decoder.decode(value, { stream: true });
    }
  } catch (error) {
    void reader.cancel().catch(() => {});
    if (error instanceof FetchFailure) throw error;
    throw new FetchFailure(`${url.href} broke off its answer${reason(error)}`);
  }
}

async function discard(response: Response): Promise<void> {
  try {
    await response.body?.cancel();
  } catch {
    // The connection is gone already, which is all that was wanted.
  }
}

function before<T>(deadline: AbortSignal, work: Promise<T>, late: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new FetchFailure(late));
    if (deadline.aborted) stop();
    deadline.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => deadline.removeEventListener("abort", stop));
  });
}

function reason(error: unknown): string {
  const cause = (error as { cause?: { code?: unknown } } | undefined)?.cause?.code;
  const code = cause ?? (error as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? ` (${code})` : "";
}
