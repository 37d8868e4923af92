import { lookup as resolve } from "node:dns/promises";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { isPublicAddress } from "./public-address.ts";

export interface PinnedPostOptions {
  /** Whether addresses outside of the public internet, and http, are allowed: in development only. */
  allowPrivate: boolean;
  /** Milliseconds for everything: name, connection, answer. */
  timeout: number;
  signal?: AbortSignal;
}

/** What became of a request. `refused` is final: trying again changes nothing. */
export type PostOutcome =
  | { status: number }
  | { failed: "unreachable" | "timeout" }
  | { refused: "not_https" | "private_address" };

/**
 * Posts a form to an address that somebody else chose, and reads of the answer its status alone. The name is
 * resolved once and the connection goes to the address that was judged, so that a name that changes its mind in
 * between leads nowhere else. Redirects are not followed.
 */
export async function pinnedPost(
  target: string,
  form: URLSearchParams,
  { allowPrivate, timeout, signal }: PinnedPostOptions,
): Promise<PostOutcome> {
  const url = new URL(target);
  if (url.protocol !== "https:" && !allowPrivate) return { refused: "not_https" };
  const signals = [AbortSignal.timeout(timeout), ...(signal ? [signal] : [])];
  const deadline = AbortSignal.any(signals);
  try {
    const addresses = await withSignal(
      resolve(url.hostname.replace(/^\[|\]$/g, ""), { all: true, verbatim: true }),
      deadline,
    );
    const [first] = addresses;
    if (!first) return { failed: "unreachable" };
    // One private address among public ones is enough: a name that has both is up to something.
    if (!allowPrivate && !addresses.every(({ address }) => isPublicAddress(address))) {
      return { refused: "private_address" };
    }
    return { status: await send(url, form.toString(), first, deadline) };
  } catch {
    return { failed: deadline.aborted ? "timeout" : "unreachable" };
  }
}

function send(
  url: URL,
  body: string,
  { address, family }: { address: string; family: number },
  signal: AbortSignal,
): Promise<number> {
  const request = url.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((done, fail) => {
    request(url, {
      method: "POST",
      signal,
      agent: false,
      // The host's name stays in the Host header and in the certificate's check; only the address is ours.
      lookup: (_name, options, callback) =>
        options.all ? callback(null, [{ address, family }]) : callback(null, address, family),
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "content-length": Buffer.byteLength(body),
        accept: "*/*",
      },
    })
      .on("response", (response) => {
        response.destroy();
        done(response.statusCode ?? 0);
      })
      .on("error", fail)
      .end(body);
  });
}

/** A resolver cannot be stopped, but it need not be waited for. */
async function withSignal<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  signal.throwIfAborted();
  let stop = () => {};
  const aborted = new Promise<never>((_, fail) => {
    stop = () => fail(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
