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
export async function discover({ base, configured }: IssuerAddress, terms: FetchTerms): Promise<Discovered> {
  const place = (name: string): URL => new URL(`${base}/.well-known/${name}`);
  const document = place("openid-configuration");
  const answer = await fetchJson(document, terms);
  if (answer === undefined) return { issuer: configured, jwksUris: [place("jwks.json"), place("jwks")] };
  const { issuer, jwks_uri } = (answer.body ?? {}) as { issuer?: unknown; jwks_uri?: unknown };
  if (typeof issuer !== "string") throw new FetchFailure("noIssuer", document.href);
  // OpenID Connect Discovery 1.0 section 4.3: otherwise one issuer could speak for another.
  if (!sameAddress(issuer, base)) throw new FetchFailure("otherIssuer", document.href, issuer, configured);
  const keys = typeof jwks_uri === "string" ? parse(jwks_uri) : undefined;
  if (keys === undefined) throw new FetchFailure("noJwksUri", document.href);
  // A remote issuer must not be able to make this machine ask itself.
  if (whyUnsafe(keys) !== undefined || (keys.protocol === "http:" && !isLoopback(document))) {
    throw new FetchFailure("badJwksUri", document.href);
  }
  return { issuer, jwksUris: [keys] };
}
