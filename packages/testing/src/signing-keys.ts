import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from "jose";

/** A key pair of the test issuer. `kid` is the RFC 7638 thumbprint of the public half. */
export interface SigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly jwk: JWK;
}

/** What the issuer publishes and which key it signs with. */
export interface SigningKeys {
  readonly current: SigningKey;
  /** The public key set as it would be fetched, newest key first. A copy. */
  published(): { keys: JWK[] };
  rotate(): Promise<SigningKey>;
  remove(kid: string): void;
  addRaw(jwk: JWK): void;
}

export async function generateSigningKey(alg: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const bare = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(bare);
  return { kid, alg, privateKey, publicKey, jwk: { ...bare, kid, alg, use: "sig" } };
}

export async function createSigningKeys(alg: string): Promise<SigningKeys> {
  let current = await generateSigningKey(alg);
  let published: JWK[] = [current.jwk];
  return {
    get current() {
      return current;
    },
    published: () => ({ keys: structuredClone(published) }),
    async rotate() {
      current = await generateSigningKey(alg);
      published.unshift(current.jwk);
      return current;
    },
    remove(kid) {
      const kept = published.filter((key) => key.kid !== kid);
      if (kept.length === published.length) {
        const known = published.map((key) => key.kid).join(", ");
        throw new Error(`removeKey: no published key has the kid ${kid}; the published ones are ${known}`);
      }
      published = kept;
    },
    addRaw(jwk) {
      published.push(structuredClone(jwk));
    },
  };
}
