import { AuthError } from "./auth-error.ts";

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/;

/** https, or http within this machine. */
export function isSafe(url: URL): boolean {
  return url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK.test(url.hostname));
}

/**
 * The issuer's address as people write it, made whole: no scheme means https, a final slash is dropped.
 *
 * @throws {AuthError} `option_invalid` if it is no address, or plain http outside of this machine.
 */
export function issuerAddress(issuer: string): string {
  let url: URL | undefined;
  try {
    url = new URL(/^[a-z]+:\/\//i.test(issuer) ? issuer : `https://${issuer}`);
  } catch {}
  if (!issuer || !url || !isSafe(url) || url.search || url.hash || url.username) {
    throw new AuthError(
      "option_invalid",
      `issuer is ${JSON.stringify(issuer)}; expected an https address, or http on localhost. If it comes from the environment, set the variable there and start the build again`,
    );
  }
  return url.href.replace(/\/+$/, "");
}
