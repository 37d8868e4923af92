import { decodeBytes } from "#base64url";
import { ALGORITHMS, type Algorithm } from "./algorithms.ts";
import { show } from "./printable.ts";
import type { PublicJsonWebKey } from "./verifier-options.ts";

const SMALLEST_RSA_BITS = 2048;
/** Larger keys make every verification slower for no gain, which is how a bad key set stops an API. */
const LARGEST_RSA_BITS = 16_384;

/**
 * Why a JWK may not verify tokens, or `undefined` if nothing speaks against it (RFC 7517 section 4, RFC 8725 section
 * 3.5). Whether its numbers make a key is found out by importing it.
 */
export function whyUnusable(jwk: PublicJsonWebKey): string | undefined {
  if (jwk.kty === "oct" || jwk.k !== undefined)
    return "it is a symmetric key (kty oct), which must not be published";
  if (jwk.d !== undefined || jwk.p !== undefined) return "it is a private key, which must not be published";
  if (jwk.use !== undefined && jwk.use !== "sig") return `its use is ${show(jwk.use)}, not 'sig'`;
  if (jwk.key_ops !== undefined && !(Array.isArray(jwk.key_ops) && jwk.key_ops.includes("verify"))) {
    return "its key_ops do not include 'verify'";
  }
  if (jwk.alg !== undefined && !ALGORITHMS.has(jwk.alg))
    return `its alg is ${show(jwk.alg)}, which is not supported`;
  if (jwk.kty === "RSA") return whyUnusableRsa(jwk);
  if (jwk.kty !== "EC" && jwk.kty !== "OKP") return `its kty is ${show(jwk.kty)}, which is not supported`;
  for (const needs of ALGORITHMS.values()) {
    if (needs.kty === jwk.kty && needs.crv === jwk.crv) return undefined;
  }
  return `its curve is ${show(jwk.crv)}, which is not supported`;
}

/** Whether a usable JWK is for this algorithm: right type, right curve, and its own `alg`, if any, the same. */
export function fits(jwk: PublicJsonWebKey, algorithm: Algorithm): boolean {
  const needs = ALGORITHMS.get(algorithm);
  if (needs === undefined || needs.kty !== jwk.kty) return false;
  if (needs.crv !== undefined && needs.crv !== jwk.crv) return false;
  return jwk.alg === undefined || jwk.alg === algorithm;
}

function whyUnusableRsa(jwk: PublicJsonWebKey): string | undefined {
  const modulus = typeof jwk.n === "string" ? decodeBytes(jwk.n) : undefined;
  const exponent = typeof jwk.e === "string" ? decodeBytes(jwk.e) : undefined;
  if (modulus === undefined || exponent === undefined) return "its n or e is not base64url";
  const bits = bitLength(modulus);
  if (bits < SMALLEST_RSA_BITS)
    return `it is an RSA key of ${bits} bits, and at least ${SMALLEST_RSA_BITS} are needed`;
  if (bits > LARGEST_RSA_BITS)
    return `it is an RSA key of ${bits} bits, and at most ${LARGEST_RSA_BITS} are accepted`;
  // FIPS 186-5 section 5.4: odd and above 2^16. Far larger ones only cost time.
  const exponentBits = bitLength(exponent);
  const odd = ((exponent.at(-1) ?? 0) & 1) === 1;
  if (!odd || exponentBits < 17 || exponentBits > 64)
    return "its RSA exponent is unsafe (65537 is the usual one)";
  return undefined;
}

function bitLength(bytes: Uint8Array): number {
  const first = bytes.findIndex((byte) => byte !== 0);
  if (first < 0) return 0;
  return (bytes.length - first) * 8 - (Math.clz32(bytes[first] as number) - 24);
}
