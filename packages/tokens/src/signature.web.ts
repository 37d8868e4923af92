import { ALGORITHMS, type Algorithm, type AlgorithmNeeds } from "./algorithms.ts";
import { decodeBytes } from "./base64url.web.ts";
import type { VerificationKey } from "./signature-seam.ts";
import type { PublicJsonWebKey } from "./verifier-options.ts";

interface WebVerificationKey extends VerificationKey {
  readonly key: CryptoKey;
  readonly parameters: AlgorithmIdentifier | RsaPssParams | EcdsaParams;
  readonly signatureBytes: number | undefined;
}

const encoder = new TextEncoder();

export async function importKey(jwk: PublicJsonWebKey, algorithm: Algorithm): Promise<VerificationKey> {
  const needs = ALGORITHMS.get(algorithm) as AlgorithmNeeds;
  const { kty, n, e, crv, x, y } = jwk as Record<string, string>;
  const material = kty === "RSA" ? { kty, n, e } : kty === "EC" ? { kty, crv, x, y } : { kty, crv, x };
  const key = await crypto.subtle.importKey("jwk", material as JsonWebKey, importParameters(needs), false, [
    "verify",
  ]);
  const made: WebVerificationKey = {
    algorithm,
    key,
    parameters: verifyParameters(needs),
    signatureBytes: needs.signatureBytes,
  };
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
    encoder.encode(signingInput),
  );
}

function importParameters(
  needs: AlgorithmNeeds,
): RsaHashedImportParams | EcKeyImportParams | AlgorithmIdentifier {
  if (needs.kty === "RSA") {
    return { name: needs.padding === "pss" ? "RSA-PSS" : "RSASSA-PKCS1-v1_5", hash: `SHA-${needs.hash}` };
  }
  return needs.kty === "EC" ? { name: "ECDSA", namedCurve: needs.crv as string } : { name: "Ed25519" };
}

function verifyParameters(needs: AlgorithmNeeds): AlgorithmIdentifier | RsaPssParams | EcdsaParams {
  if (needs.kty === "EC") return { name: "ECDSA", hash: `SHA-${needs.hash}` };
  if (needs.kty === "OKP") return { name: "Ed25519" };
  if (needs.padding === "pss") return { name: "RSA-PSS", saltLength: (needs.hash as number) / 8 };
  return { name: "RSASSA-PKCS1-v1_5" };
}
