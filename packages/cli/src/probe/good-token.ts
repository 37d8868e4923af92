import type { KeyObject } from "node:crypto";
import { decodeClaims } from "@hallpass/tokens/claims";
import { usageError } from "../cli-error.ts";
import { requireNodeForIdentity } from "../node-version.ts";
import { openDevelopment } from "../open-development.ts";
import { publicKeyOf } from "./mutation.ts";

/** A token of the development server of this folder, as a sign-in would have given it. */
export async function developmentToken(options: {
  user?: string | undefined;
  audience?: string | undefined;
  config?: string | undefined;
  data?: string | undefined;
}): Promise<{ token: string; issuer: string; audience: string | undefined; user: string }> {
  requireNodeForIdentity("probe (with the development server's tokens)");
  const { identity, config } = await openDevelopment(options);
  try {
    const user = options.user ?? config.users?.[0]?.email;
    if (user === undefined) {
      throw usageError("user_missing", "The config has no users.", "name one with --user EMAIL.");
    }
    const audience = options.audience ?? config.apis?.[0]?.audience;
    const { accessToken } = await identity.issueToken({
      email: user,
      ...(audience !== undefined && { audience }),
    });
    return { token: accessToken, issuer: identity.issuer, audience, user };
  } finally {
    await identity.close();
  }
}

/**
 * Checks that a text is a token that vectors can be made of.
 *
 * @throws {CliError} when it is no JWT, or none that is still good
 */
export function requireUsable(token: string, now: number = Date.now()): void {
  let claims: Record<string, unknown>;
  try {
    claims = decodeClaims(token);
  } catch {
    throw usageError(
      "token_malformed",
      "What was given as a token is no signed JWT.",
      "give the access token alone, without 'Bearer '. hallpass explain - says more about it.",
    );
  }
  if (typeof claims.exp === "number" && claims.exp * 1000 < now + 30_000) {
    throw usageError(
      "token_expired",
      "The token has expired, or will within half a minute: the API would refuse it for that alone.",
      "get a new one and probe again.",
    );
  }
}

/** The public key that a token names, from the issuer's key set; nothing where it cannot be had. */
export async function issuerKey(token: string, issuer: string): Promise<KeyObject | undefined> {
  try {
    const { kid } = JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString());
    const discovery = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
    const { jwks_uri: jwksUri } = await fetchJson(discovery);
    const { keys } = await fetchJson(String(jwksUri));
    const jwk = Array.isArray(keys) ? keys.find((key) => key?.kid === kid) : undefined;
    return jwk === undefined ? undefined : publicKeyOf(jwk);
  } catch {
    return undefined;
  }
}

async function fetchJson(url: string): Promise<Record<string, unknown>> {
  const response = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(5000) });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return (await response.json()) as Record<string, unknown>;
}
