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
  readonly crv?: string;
  /** For RSA keys: PSS padding, or else PKCS #1 v1.5. */
  readonly pss?: boolean;
  /** Hash length in bits; EdDSA hashes inside. */
  readonly hash?: number;
  /** Length of a signature in bytes, where it does not depend on the key. */
  readonly signatureBytes?: number;
}

function needsOf(name: string): AlgorithmNeeds {
  const hash = Number(name.slice(2));
  if (name[1] === "d") return { kty: "OKP", crv: "Ed25519", signatureBytes: 64 };
  if (name[0] !== "E") return { kty: "RSA", pss: name[0] === "P", hash };
  // P-521 is the one curve whose name is not the length of the hash.
  const bits = hash === 512 ? 521 : hash;
  return { kty: "EC", crv: `P-${bits}`, hash, signatureBytes: 2 * Math.ceil(bits / 8) };
}

/** Every algorithm by name. A Map, so that no name from outside reaches an object's prototype. */
export const ALGORITHMS: ReadonlyMap<string, AlgorithmNeeds> = /* @__PURE__ */ new Map(
  "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA"
    .split(" ")
    .map((name) => [name, needsOf(name)]),
);
