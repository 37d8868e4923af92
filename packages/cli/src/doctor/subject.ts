import { usageError } from "../cli-error.ts";

/** What has to fit together. All but the issuer may be missing: what cannot be looked at is said so. */
export interface Subject {
  /** As it was given. */
  readonly issuer: string;
  readonly clientId?: string | undefined;
  readonly audience?: string | undefined;
  /** `scheme://host[:port]` of the pages. */
  readonly appOrigin?: string | undefined;
  readonly redirectUri?: string | undefined;
  readonly postLogoutRedirectUri?: string | undefined;
  /** A protected endpoint of the API. */
  readonly api?: URL | undefined;
  readonly token?: string | undefined;
}

/**
 * The origin of pages as people give it: with a path, or with a final slash.
 *
 * @throws {CliError} when it is no web address
 */
export function originFrom(text: string, option: string): string {
  return addressFrom(text, option).origin;
}

/** @throws {CliError} when it is no web address */
export function addressFrom(text: string, option: string): URL {
  const url = parseUrl(text);
  if (url && (url.protocol === "https:" || url.protocol === "http:") && !url.username) return url;
  throw usageError(
    "address_invalid",
    `${option} is '${text.slice(0, 100)}', which is no web address.`,
    `write it whole, for example ${option} https://app.example.com.`,
  );
}

/** `URL.parse`, which Node 20 does not have. */
export function parseUrl(text: string, base?: string): URL | undefined {
  return URL.canParse(text, base) ? new URL(text, base) : undefined;
}

const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Whether a host is this machine, where http is as safe as https. */
export function isLoopback(url: URL): boolean {
  return LOOPBACK.test(url.hostname);
}
