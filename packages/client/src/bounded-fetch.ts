const DEADLINE_MS = 10_000;
const MAX_BYTES = 262_144;

/**
 * A fetch that cannot hang, flood or be led elsewhere: one deadline over headers and body, a size cap after
 * decompression, no redirects. Resolves once the whole body is in memory.
 *
 * @param request what sends it, by default the global `fetch`
 * @throws TypeError or DOMException when the server cannot be reached or breaks a bound.
 */
export async function boundedFetch(
  url: string,
  init?: RequestInit,
  request: typeof fetch = fetch,
): Promise<Response> {
  const response = await request(url, {
    credentials: "omit",
    referrerPolicy: "no-referrer",
    ...init,
    redirect: "error",
    signal: init?.signal ?? AbortSignal.timeout(DEADLINE_MS),
  });
  const chunks: BlobPart[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    size += part.value.byteLength;
    if (size > MAX_BYTES) {
      void reader?.cancel();
      throw new TypeError("response too large");
    }
    chunks.push(part.value);
  }
  return new Response(new Blob(chunks), { status: response.status, headers: response.headers });
}
