import type { KeyObject, VerifyKeyObjectInput } from "node:crypto";
import type { Algorithm, AlgorithmNeeds } from "./algorithms.ts";
import type { VerificationKey } from "./signature-seam.ts";
import type { PublicJsonWebKey } from "./verifier-options.ts";

let crypto: typeof import("node:crypto") | undefined;

/** Loaded with the first key: that takes longer than to load this whole package, and many programs only import it. */
function nodeCrypto(): typeof import("node:crypto") {
  crypto ??= process.getBuiltinModule("node:crypto");
  return crypto;
}

interface NodeVerificationKey extends VerificationKey {
  readonly digest: string | null;
  /** Built once, so that a verification allocates nothing but the bytes. */
  readonly input: KeyObject | VerifyKeyObjectInput;
  readonly signatureBytes: number | undefined;
}

export function importKey(
  jwk: PublicJsonWebKey,
  algorithm: Algorithm,
  needs: AlgorithmNeeds,
): VerificationKey {
  const { kty, n, e, crv, x, y } = jwk as Record<string, string>;
  const key = nodeCrypto().createPublicKey({ key: { kty, n, e, crv, x, y }, format: "jwk" });
  const made: NodeVerificationKey = {
    algorithm,
    digest: needs.hash === undefined ? null : `sha${needs.hash}`,
    input: verifyInput(key, needs),
    signatureBytes: needs.signatureBytes,
  };
  return made;
}

function verifyInput(key: KeyObject, needs: AlgorithmNeeds): KeyObject | VerifyKeyObjectInput {
  if (needs.kty === "EC") return { key, dsaEncoding: "ieee-p1363" };
  if (needs.pss === true) {
    const { constants } = nodeCrypto();
    return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  }
  return key;
}

export function verifySignature(key: VerificationKey, signingInput: string, signature: string): boolean {
  const { digest, input, signatureBytes } = key as NodeVerificationKey;
  const bytes = Buffer.from(signature, "base64url");
  if (signatureBytes !== undefined && bytes.length !== signatureBytes) return false;
  return nodeCrypto().verify(digest, Buffer.from(signingInput, "latin1"), input, bytes);
}
