import type { Algorithm, AlgorithmNeeds } from "./algorithms.ts";
import { decodeBytes } from "./base64url.web.ts";
import type { VerificationKey } from "./signature-seam.ts";
import type { PublicJsonWebKey } from "./verifier-options.ts";

interface WebVerificationKey extends VerificationKey {
  readonly key: CryptoKey;
  readonly parameters: WebParameters;
  readonly signatureBytes: number | undefined;
}

/** What WebCrypto wants to be told, both to import a key and to verify with it; it leaves alone what it does not need. */
interface WebParameters {
  readonly name: string;
  readonly hash: string;
  readonly namedCurve: string | undefined;
  readonly saltLength: number;
}

export async function importKey(
  jwk: PublicJsonWebKey,
  algorithm: Algorithm,
  { kty, crv, pss, hash = 0, signatureBytes }: AlgorithmNeeds,
): Promise<VerificationKey> {
  const { n, e, x, y } = jwk as Record<string, string>;
  const parameters: WebParameters = {
    name:
      kty === "RSA" ? (pss === true ? "RSA-PSS" : "RSASSA-PKCS1-v1_5") : kty === "EC" ? "ECDSA" : "Ed25519",
    hash: `SHA-${hash}`,
    namedCurve: crv,
    saltLength: hash / 8,
  };
  const material = kty === "RSA" ? { kty, n, e } : kty === "EC" ? { kty, crv, x, y } : { kty, crv, x };
  const key = await crypto.subtle.importKey(
    "jwk",
    material as JsonWebKey,
    parameters as RsaHashedImportParams,
    false,
    ["verify"],
  );
  const made: WebVerificationKey = { algorithm, key, parameters, signatureBytes };
  return made;
}

export async function verifySignature(
  key: VerificationKey,
  signingInput: string,
  signature: string,
): Promise<boolean> {
  const { key: cryptoKey, parameters, signatureBytes } = key as WebVerificationKey;
  const bytes = decodeBytes(signature);
  if (bytes === undefined || (signatureBytes !== undefined && bytes.length !== signatureBytes)) return false;
  return crypto.subtle.verify(
    parameters,
    cryptoKey,
    bytes as Uint8Array<ArrayBuffer>,
    new TextEncoder().encode(signingInput),
  );
}
