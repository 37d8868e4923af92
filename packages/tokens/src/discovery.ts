import { FetchFailure, type FetchTerms, fetchJson } from "./fetch-json.ts";
import { type IssuerAddress, isLoopback, parse, sameAddress, whyUnsafe } from "./issuer-address.ts";

/** What an issuer's address leads to. */
export interface Discovered {
  /** What a token's `iss` must equal, exactly. */
  readonly issuer: string;
  /** Where its keys are; several where there is no discovery document and the usual places are tried in turn. */
  readonly jwksUris: readonly URL[];
}

/**
 * Asks an issuer for its exact name and the place of its keys (OpenID Connect Discovery 1.0 section 4). If there is no
 * discovery document (404, and nothing else), the configured name counts and the keys are looked for where issuers
 * without one have them.
 *
 * @throws {FetchFailure}
 */
export async function discover(address: IssuerAddress, terms: FetchTerms): Promise<Discovered> {
  const url = new URL(`${address.base}/.well-known/openid-configuration`);
  const answer = await fetchJson(url, terms);
  if (answer.status === "not_found") {
    return {
      issuer: address.configured,
      jwksUris: [
        new URL(`${address.base}/.well-known/jwks.json`),
        new URL(`${address.base}/.well-known/jwks`),
      ],
    };
  }
  const document = answer.body as { issuer?: unknown; jwks_uri?: unknown } | null;
  const issuer = document?.issuer;
  if (typeof issuer !== "string") throw new FetchFailure(`${url.href} states no issuer`);
  // OpenID Connect Discovery 1.0 section 4.3: otherwise one issuer could speak for another.
  if (!sameAddress(issuer, address.base)) {
    throw new FetchFailure(
      `${url.href} says that its issuer is '${issuer.slice(0, 200)}', but '${address.configured}' is configured`,
    );
  }
  return { issuer, jwksUris: [keysUrl(document?.jwks_uri, url)] };
}

function keysUrl(value: unknown, discoveryUrl: URL): URL {
  const url = typeof value === "string" ? parse(value) : undefined;
  if (url === undefined) throw new FetchFailure(`${discoveryUrl.href} states no jwks_uri`);
  // A remote issuer must not be able to make this machine ask itself.
  if (whyUnsafe(url) !== undefined || (url.protocol === "http:" && !isLoopback(discoveryUrl))) {
    throw new FetchFailure(`${discoveryUrl.href} states a jwks_uri that is not https`);
  }
  return url;
}
