import { constants, generateKeyPairSync, type KeyObject, type SignKeyObjectInput, sign } from "node:crypto";
import { ALGORITHMS, type Algorithm, type AlgorithmNeeds } from "../src/algorithms.ts";
import type { JsonWebKeySet, PublicJsonWebKey } from "../src/verifier-options.ts";

/** A key pair whose tokens may say anything, also what no issuer would. */
export interface TestKey {
  readonly kid: string;
  readonly algorithm: Algorithm;
  readonly privateKey: KeyObject;
  readonly jwk: PublicJsonWebKey;
}

const pairs = new Map<string, ReturnType<typeof generateKeyPairSync>>();

/** A key pair. The same name and algorithm give the same key: making RSA keys takes long. */
export function testKey(algorithm: Algorithm = "RS256", kid = "key-1", bits = 2048): TestKey {
  const needs = ALGORITHMS.get(algorithm) as AlgorithmNeeds;
  const family = `${needs.kty} ${needs.crv ?? bits} ${kid}`;
  const pair = pairs.get(family) ?? makePair(needs, bits);
  pairs.set(family, pair);
  const jwk = (pair.publicKey as unknown as KeyObject).export({ format: "jwk" });
  return {
    kid,
    algorithm,
    privateKey: pair.privateKey as unknown as KeyObject,
    jwk: { ...jwk, kid, use: "sig", alg: algorithm } as PublicJsonWebKey,
  };
}

function makePair(needs: AlgorithmNeeds, bits: number): ReturnType<typeof generateKeyPairSync> {
  if (needs.kty === "RSA") return generateKeyPairSync("rsa", { modulusLength: bits }) as never;
  if (needs.kty === "EC") return generateKeyPairSync("ec", { namedCurve: needs.crv as string }) as never;
  return generateKeyPairSync("ed25519") as never;
}

export function keySet(...keys: (TestKey | PublicJsonWebKey)[]): JsonWebKeySet {
  return {
    keys: keys.map((key) => ("privateKey" in key ? (key as TestKey).jwk : (key as PublicJsonWebKey))),
  };
}

export function base64url(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return Buffer.from(text).toString("base64url");
}

/** Signs any header and payload. A string stands for itself, anything else for its JSON. */
export function signed(key: TestKey, payload: unknown, header: object = {}): string {
  const input = `${base64url({ alg: key.algorithm, typ: "at+jwt", kid: key.kid, ...header })}.${base64url(payload)}`;
  return `${input}.${signatureOver(key, input)}`;
}

/** Signs text that need not be a header and a payload. */
export function signatureOver(key: TestKey, input: string): string {
  const needs = ALGORITHMS.get(key.algorithm) as AlgorithmNeeds;
  const options: SignKeyObjectInput = { key: key.privateKey };
  if (needs.kty === "EC") options.dsaEncoding = "ieee-p1363";
  if (needs.pss === true) {
    options.padding = constants.RSA_PKCS1_PSS_PADDING;
    options.saltLength = constants.RSA_PSS_SALTLEN_DIGEST;
  }
  const digest = needs.hash === undefined ? null : `sha${needs.hash}`;
  return sign(digest, Buffer.from(input), options).toString("base64url");
}

export const NOW = Date.UTC(2026, 10, 21, 12);
export const ISSUER = "https://bookstore.kinde.com";
export const AUDIENCE = "https://api.bookstore.example";

/** Claims of a good token at {@link NOW}. */
export function goodClaims(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    iss: ISSUER,
    sub: "kp_1",
    aud: [AUDIENCE],
    azp: "bookstore-web",
    iat: NOW / 1000 - 60,
    exp: NOW / 1000 + 3600,
    permissions: ["read:books"],
    org_code: "org_1",
    ...overrides,
  };
}
