import { createPublicKey, type JsonWebKeyInput } from "node:crypto";
import type { AddressProblem as Problem } from "./settings-address.ts";

/** Algorithms that an application may sign its assertions with, by the kind of its key. */
const ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
  RSA: ["RS256", "PS256", "RS384", "PS384", "RS512", "PS512"],
  "P-256": ["ES256"],
  "P-384": ["ES384"],
  "P-521": ["ES512"],
  Ed25519: ["EdDSA", "Ed25519"],
};

/** All algorithms that an assertion may have, for the discovery document. */
export const CLIENT_ALGORITHMS: readonly string[] = Object.values(ALGORITHMS).flat();

const SMALLEST_MODULUS = 2048;
const PRIVATE_MEMBERS = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

/** What a key may sign with: its own `alg`, or whatever its kind is made for. */
export function algorithmsOf(key: Readonly<Record<string, unknown>>): readonly string[] {
  const possible = ALGORITHMS[String(key.kty === "RSA" ? key.kty : key.crv)] ?? [];
  return key.alg === undefined ? possible : possible.filter((alg) => alg === key.alg);
}

/** What is wrong with a public key of an application. */
export function clientKeyProblem(key: Readonly<Record<string, unknown>>): Problem | null {
  const member = PRIVATE_MEMBERS.find((name) => name in key);
  if (member !== undefined) {
    return {
      expected: `a public key, which has no member "${member}"`,
      fix: "Put only the public half here, and make a new pair: this one is no secret any more.",
    };
  }
  if (key.use !== undefined && key.use !== "sig") {
    return { expected: 'a key whose use, if it has one, is "sig"', fix: "Use another key for signatures." };
  }
  const known = Object.keys(ALGORITHMS).join(", ");
  if (algorithmsOf(key).length === 0) {
    return {
      expected: `a key for signatures (${known}) whose alg, if it has one, is of that kind`,
      fix: 'Use a key like { kty: "EC", crv: "P-256", x, y, kid }.',
    };
  }
  try {
    const { asymmetricKeyDetails } = createPublicKey({ key, format: "jwk" } as JsonWebKeyInput);
    const { modulusLength, publicExponent } = asymmetricKeyDetails ?? {};
    if (modulusLength !== undefined && modulusLength < SMALLEST_MODULUS) {
      return {
        expected: `an RSA key of at least ${SMALLEST_MODULUS} bits`,
        fix: `This one has ${modulusLength}: make a longer one.`,
      };
    }
    if (publicExponent !== undefined && publicExponent < 3n) {
      return { expected: "an RSA key whose exponent is 3 or more", fix: "Make a new key." };
    }
    return null;
  } catch {
    return { expected: "a whole public key", fix: "Copy the key as JSON (RFC 7517), with all its members." };
  }
}
