/** A JWS signature algorithm that a verifier can be told to accept (RFC 7518 section 3.1, RFC 8037). */
export type Algorithm =
  | "RS256"
  | "RS384"
  | "RS512"
  | "PS256"
  | "PS384"
  | "PS512"
  | "ES256"
  | "ES384"
  | "ES512"
  | "EdDSA";

/** What an algorithm asks of a key and of a signature. */
export interface AlgorithmNeeds {
  readonly kty: "RSA" | "EC" | "OKP";
  /** The curve, for EC and OKP keys. */
  readonly crv?: "P-256" | "P-384" | "P-521" | "Ed25519";
  readonly padding?: "pkcs1" | "pss";
  /** Hash length in bits; EdDSA hashes inside. */
  readonly hash?: 256 | 384 | 512;
  /** Length of a signature in bytes, where it does not depend on the key. */
  readonly signatureBytes?: number;
}

const needs: Record<Algorithm, AlgorithmNeeds> = {
  RS256: { kty: "RSA", padding: "pkcs1", hash: 256 },
  RS384: { kty: "RSA", padding: "pkcs1", hash: 384 },
  RS512: { kty: "RSA", padding: "pkcs1", hash: 512 },
  PS256: { kty: "RSA", padding: "pss", hash: 256 },
  PS384: { kty: "RSA", padding: "pss", hash: 384 },
  PS512: { kty: "RSA", padding: "pss", hash: 512 },
  ES256: { kty: "EC", crv: "P-256", hash: 256, signatureBytes: 64 },
  ES384: { kty: "EC", crv: "P-384", hash: 384, signatureBytes: 96 },
  ES512: { kty: "EC", crv: "P-521", hash: 512, signatureBytes: 132 },
  EdDSA: { kty: "OKP", crv: "Ed25519", signatureBytes: 64 },
};

/** Every algorithm by name. A Map, so that no name from outside reaches an object's prototype. */
export const ALGORITHMS: ReadonlyMap<string, AlgorithmNeeds> = new Map(Object.entries(needs));

export function isAlgorithm(name: unknown): name is Algorithm {
  return typeof name === "string" && ALGORITHMS.has(name);
}
