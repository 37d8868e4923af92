import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from "jose";
import type { SigningAlgorithm } from "../settings/config.ts";

/** A private key in the form of a JWK, with `kid`, `alg` and `use`. */
export type SigningKey = JWK & { kid: string; alg: SigningAlgorithm; use: "sig" };

/** What ID tokens are signed with, and access tokens whose APIs ask for nothing else. */
export const DEFAULT_ALGORITHM: SigningAlgorithm = "RS256";

/** The members of a JWK that are public, for all key types that are made here (RFC 7518 section 6, RFC 8037). */
const PUBLIC = ["kty", "crv", "n", "e", "x", "y", "kid", "alg", "use"] as const;

const MODULUS_LENGTH = 2048;

/** A new key. Its `kid` is its thumbprint (RFC 7638). */
export async function makeKey(alg: SigningAlgorithm): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair(alg, { modulusLength: MODULUS_LENGTH, extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg, use: "sig" };
}

/** The public half of a key, as the key endpoint publishes it. */
export function publicKey(key: SigningKey): JWK {
  return Object.fromEntries(
    PUBLIC.flatMap((name) => (key[name] === undefined ? [] : [[name, key[name]]])),
  ) as JWK;
}
