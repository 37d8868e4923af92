import { boundedFetch, type IssuerMetadata, isSafe } from "@hallpass/client/server";
import { AuthError } from "./auth-error.ts";
import { parseUrl } from "./issuer-address.ts";
import type { ClientSettings } from "./settings.ts";

/** What the issuer says about itself, asked for when it is first needed and kept. */
export interface Issuer {
  /** @throws {AuthError} `issuer_unreachable`, `issuer_wrong` */
  metadata(): Promise<IssuerMetadata>;
}

/** Where the browser, a token or a secret is sent to, and whether sign-in needs it. */
const endpoints = [
  ["authorization_endpoint", true],
  ["token_endpoint", true],
  ["end_session_endpoint", false],
  ["revocation_endpoint", false],
  ["jwks_uri", false],
] as const;

const FRESH_MS = 3_600_000;
/** Known metadata serves on while the issuer is away. */
const USABLE_MS = 24 * FRESH_MS;
/** A failure is not repeated by every request at once. */
const PAUSE_MS = 1_000;

export function createIssuer({ address, fetch, now }: ClientSettings): Issuer {
  let known: { readonly metadata: IssuerMetadata; readonly at: number } | undefined;
  let failed: { readonly error: unknown; readonly at: number } | undefined;
  let asking: Promise<IssuerMetadata> | undefined;

  async function ask(): Promise<IssuerMetadata> {
    try {
      const metadata = await discover(address, fetch);
      known = { metadata, at: now() };
      failed = undefined;
      return metadata;
    } catch (error) {
      failed = { error, at: now() };
      throw error;
    }
  }

  return {
    async metadata() {
      const age = known === undefined ? Number.POSITIVE_INFINITY : Math.abs(now() - known.at);
      if (known && age < FRESH_MS) return known.metadata;
      try {
        if (failed && Math.abs(now() - failed.at) < PAUSE_MS) throw failed.error;
        asking ??= ask().finally(() => {
          asking = undefined;
        });
        return await asking;
      } catch (error) {
        if (known && age < USABLE_MS) return known.metadata;
        throw error;
      }
    },
  };
}

/**
 * Fetches the discovery document and makes sure that it is this issuer's: a final slash may differ, nothing else, and
 * from there on what the document states counts (OpenID Connect Discovery 1.0 section 4.3).
 */
async function discover(address: string, fetch: ClientSettings["fetch"]): Promise<IssuerMetadata> {
  const url = `${address}/.well-known/openid-configuration`;
  let status = 0;
  let found: IssuerMetadata | undefined;
  try {
    const response = await boundedFetch(url, { headers: { accept: "application/json" } }, fetch);
    status = response.status;
    if (response.ok) found = (await response.json()) as IssuerMetadata;
  } catch {
    throw new AuthError("issuer_unreachable", `${url} cannot be read: is the issuer up?`);
  }
  if (status === 404) throw new AuthError("issuer_wrong", `${url} does not exist`);
  if (typeof found?.issuer !== "string") {
    throw new AuthError(
      "issuer_unreachable",
      `${url} answered with status ${status}, and no discovery document`,
    );
  }
  if (found.issuer.replace(/\/$/, "") !== address) {
    throw new AuthError(
      "issuer_wrong",
      `${url} is of the issuer ${found.issuer.slice(0, 200)}, not ${address}`,
    );
  }
  for (const [name, needed] of endpoints) {
    const text = found[name];
    const endpoint = typeof text === "string" ? parseUrl(text) : undefined;
    // An issuer elsewhere must not make this machine ask itself.
    const usable =
      endpoint && isSafe(endpoint) && (endpoint.protocol === "https:" || address.startsWith("http:"));
    if (usable || (text === undefined && !needed)) continue;
    throw new AuthError("issuer_wrong", `${url} has no usable ${name}`);
  }
  return found;
}
