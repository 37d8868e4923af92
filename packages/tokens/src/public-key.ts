import { decodeBytes } from "#platform";
import { ALGORITHMS, type Algorithm } from "./algorithms.ts";
import type { PublicJsonWebKey } from "./verifier-options.ts";

const SMALLEST_RSA_BITS = 2048;
/** Larger keys make every verification slower for no gain, which is how a bad key set stops an API. */
const LARGEST_RSA_BITS = 16_384;

/** What speaks against a key, with the value that does. */
export type KeyProblem =
  | readonly [problem: "symmetric" | "private" | "key_ops" | "text" | "exponent" | "numbers"]
  | readonly [problem: "use" | "alg" | "kty" | "crv", value: unknown]
  | readonly [problem: "bits", bits: number, accepted: number];

/**
 * Why a JWK may not verify tokens, or `undefined` if nothing speaks against it (RFC 7517 section 4, RFC 8725 section
 * 3.5). Whether its numbers make a key is found out by importing it.
 */
export function whyUnusable(jwk: PublicJsonWebKey): KeyProblem | undefined {
  const { kty, use, key_ops, alg, crv, n, e } = jwk;
  if (kty === "oct" || jwk.k !== undefined) return ["symmetric"];
  if (jwk.d !== undefined || jwk.p !== undefined) return ["private"];
  if (use !== undefined && use !== "sig") return ["use", use];
  if (key_ops !== undefined && !(Array.isArray(key_ops) && key_ops.includes("verify"))) return ["key_ops"];
  if (alg !== undefined && !ALGORITHMS.has(alg)) return ["alg", alg];
  if (kty !== "RSA") {
    if (kty !== "EC" && kty !== "OKP") return ["kty", kty];
    const known = [...ALGORITHMS.values()].some((needs) => needs.kty === kty && needs.crv === crv);
    return known ? undefined : ["crv", crv];
  }
  const modulus = typeof n === "string" ? decodeBytes(n) : undefined;
  const exponent = typeof e === "string" ? decodeBytes(e) : undefined;
  if (modulus === undefined || exponent === undefined) return ["text"];
  const bits = bitLength(modulus);
  if (bits < SMALLEST_RSA_BITS) return ["bits", bits, SMALLEST_RSA_BITS];
  if (bits > LARGEST_RSA_BITS) return ["bits", bits, LARGEST_RSA_BITS];
  // FIPS 186-5 section 5.4: odd and above 2^16. Far larger ones only cost time.
  const exponentBits = bitLength(exponent);
  const odd = ((exponent.at(-1) ?? 0) & 1) === 1;
  return !odd || exponentBits < 17 || exponentBits > 64 ? ["exponent"] : undefined;
}

/** Whether a usable JWK is for this algorithm: right type, right curve, and its own `alg`, if any, the same. */
export function fits(jwk: PublicJsonWebKey, algorithm: Algorithm): boolean {
  const needs = ALGORITHMS.get(algorithm);
  return (
    needs !== undefined &&
    needs.kty === jwk.kty &&
    (needs.crv ?? jwk.crv) === jwk.crv &&
    (jwk.alg ?? algorithm) === algorithm
  );
}

function bitLength(bytes: Uint8Array): number {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first < 0 ? 0 : (bytes.length - first) * 8 - Math.clz32(bytes[first] as number) + 24;
}
