/** Smaller differences are no trouble, and the header says whole seconds only. */
const NOTICEABLE = 3;

/**
 * By how many seconds this machine's clock is ahead of a server's (negative: behind), from the `Date` of its answer and,
 * where a cache gave it, its `Age` (RFC 9110 section 6.6.1, RFC 9111 section 5.1). `undefined` when there is no
 * noticeable difference, or none can be told.
 *
 * @param sent when the request was sent, in milliseconds since 1970 by this machine's clock
 * @param received when the answer was there
 */
export function secondsAhead(headers: Headers, sent: number, received: number): number | undefined {
  const date = Date.parse(headers.get("date") ?? "");
  const age = Number(headers.get("age") ?? "0");
  if (!Number.isFinite(date) || !Number.isFinite(age)) return undefined;
  // The header cuts off the fraction of its second.
  const theirs = date + 500 + age * 1000;
  const ahead = ((sent + received) / 2 - theirs) / 1000;
  const doubt = Math.abs(received - sent) / 2000;
  return Math.abs(ahead) - doubt >= NOTICEABLE ? ahead : undefined;
}
