import { createHash } from "node:crypto";
import { isIP } from "node:net";

/**
 * What requests from one place have in common: an IPv4 address, or the /64 of an IPv6 address, because whoever
 * has one of its addresses has all of them. An IPv4 address mapped into IPv6 counts as itself.
 */
export function sourceOf(remoteAddress: string): string {
  const address = remoteAddress.replace(/%.*$/, "");
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address);
  if (mapped?.[1]) return mapped[1];
  if (isIP(address) !== 6) return isIP(address) === 4 ? address : "unknown";
  // The URL parser writes IPv6 addresses in their one canonical form.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [left = "", right] = canonical.split("::");
  const head = left === "" ? [] : left.split(":");
  const tail = right ? right.split(":") : [];
  const groups =
    right === undefined ? head : [...head, ...Array(8 - head.length - tail.length).fill("0"), ...tail];
  return `${groups.slice(0, 4).join(":")}::/64`;
}

/** A key for counters and lists: recognisable, but no address and no name in the clear. */
export function hashedKey(kind: string, ...parts: string[]): string {
  const digest = createHash("sha256").update(JSON.stringify(parts)).digest("base64url");
  return `${kind}:${digest.slice(0, 32)}`;
}
