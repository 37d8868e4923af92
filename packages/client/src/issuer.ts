import type { AuthorizationServer } from "oauth4webapi";
import { AuthError } from "./auth-error.ts";
import { boundedFetch } from "./bounded-fetch.ts";
import { isSafe } from "./issuer-address.ts";

/** What sign-in needs of the discovery document (OpenID Connect Discovery 1.0 section 3, RFC 8414). */
export interface IssuerMetadata extends AuthorizationServer {
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  /** Ours: `cookie` means that the issuer can keep the refresh token in an HttpOnly cookie of its own. */
  readonly refresh_token_transports_supported?: string[];
}
/** Whose extra parameters and addresses apply where the standards leave a gap. */
export type IssuerFamily = "kinde" | "auth0" | "oauth";

/** Where the browser or a token is sent to, and whether sign-in needs it. */
const endpoints = [
  ["authorization_endpoint", true],
  ["token_endpoint", true],
  ["end_session_endpoint", false],
  ["revocation_endpoint", false],
] as const;

/**
 * Fetches the discovery document and makes sure that it is this issuer's: a final slash may differ, nothing else,
 * and from there on what the document states counts.
 *
 * @throws {AuthError} `issuer_unreachable`, `issuer_wrong`
 */
export async function discover(address: string, cache?: RequestCache): Promise<IssuerMetadata> {
  const url = `${address}/.well-known/openid-configuration`;
  let found: IssuerMetadata;
  try {
    const response = await boundedFetch(url, { cache });
    if (response.status === 404) throw new AuthError("issuer_wrong", `${url} does not exist`);
    if (!response.ok) throw 0;
    found = await response.json();
    if (typeof found.issuer !== "string") throw 0;
  } catch (error) {
    if (error instanceof AuthError) throw error;
    throw new AuthError("issuer_unreachable", `${url} cannot be read: is the issuer up, and CORS on?`);
  }
  if (found.issuer.replace(/\/$/, "") !== address) {
    throw new AuthError("issuer_wrong", `${url} is of the issuer ${found.issuer}, not ${address}`);
  }
  for (const [name, needed] of endpoints) {
    const address = found[name];
    if (address ? URL.canParse(address) && isSafe(new URL(address)) : !needed) continue;
    throw new AuthError("issuer_wrong", `${url} has no usable ${name}`);
  }
  return found;
}

const offersCookie = (metadata: IssuerMetadata): boolean =>
  !!metadata.refresh_token_transports_supported?.includes("cookie");

/** Whether the refresh token can stay in the issuer's HttpOnly cookie, out of reach of scripts. */
export function canUseCookie(metadata: IssuerMetadata): boolean {
  // The cookie travels with a fetch within one site only. Without the public suffix list, that is a guess: right but
  // for names below a suffix of two parts (co.uk, vercel.app), where `storage: "memory"` sets it right.
  const site = (host: string) => host.split(".").slice(-2).join(".");
  return (
    offersCookie(metadata) && site(location.hostname) === site(new URL(metadata.token_endpoint).hostname)
  );
}

/** Tells Kinde (and Hallpass, which speaks its parameters) and Auth0, also behind a custom domain. */
export function familyOf(metadata: IssuerMetadata): IssuerFamily {
  const { hostname, pathname } = new URL(metadata.token_endpoint);
  if (
    hostname.endsWith(".kinde.com") ||
    offersCookie(metadata) ||
    metadata.scopes_supported?.includes("offline")
  ) {
    return "kinde";
  }
  return hostname.endsWith(".auth0.com") || pathname === "/oauth/token" ? "auth0" : "oauth";
}
