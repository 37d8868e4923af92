import { isSafe } from "@hallpass/client/server";

const LOOPBACK = /^(localhost|[^/:]+\.localhost|127(\.\d+){3}|\[::1\])(:\d+)?(\/|$)/i;

/**
 * The issuer's address as people have it, made whole: no scheme means https, or http on this machine; a final slash is
 * dropped, and so is the path of a discovery document.
 *
 * @returns undefined if it is no address, or plain http outside of this machine
 */
export function issuerAddress(issuer: string): string | undefined {
  const address = issuer.replace(/\/\.well-known\/openid-configuration$/, "");
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(address)
    ? address
    : `${LOOPBACK.test(address) ? "http" : "https"}://${address}`;
  const url = parseUrl(whole);
  if (!url || !isSafe(url) || url.search || url.hash || url.username || url.password) return undefined;
  return url.href.replace(/\/+$/, "");
}

export function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
