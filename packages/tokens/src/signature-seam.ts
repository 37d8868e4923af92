import type { Algorithm, AlgorithmNeeds } from "./algorithms.ts";
import type { PublicJsonWebKey } from "./verifier-options.ts";

/** A public key made ready for one algorithm. Only the module that made it can look inside. */
export interface VerificationKey {
  readonly algorithm: Algorithm;
}

/**
 * What a runtime has to bring to verify signatures. `#platform` has this for the runtime at hand: `node:crypto`,
 * synchronous, on Node; WebCrypto elsewhere.
 */
export interface SignatureSeam {
  /** Makes a key ready. Throws, or rejects, when the key's numbers make no key. */
  importKey(
    jwk: PublicJsonWebKey,
    algorithm: Algorithm,
    needs: AlgorithmNeeds,
  ): VerificationKey | Promise<VerificationKey>;
  /** Whether `signature`, in base64url, is one by `key` over the ASCII text `signingInput` (RFC 7515 section 5.2). */
  verifySignature(key: VerificationKey, signingInput: string, signature: string): boolean | Promise<boolean>;
}
