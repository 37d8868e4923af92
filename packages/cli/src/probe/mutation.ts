import {
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  sign,
} from "node:crypto";
import { attemptWith, bearer, type Workbench } from "./attempt.ts";

type Json = Record<string, unknown>;

/**
 * Makes what can be made of one good token without the issuer's private key: by changing it, and by signing its claims
 * anew with keys made up.
 *
 * @param publicKey the issuer's key that the token is signed with, for the vector that misuses it
 */
export function tokenWorkbench(token: string, publicKey?: KeyObject): Workbench {
  const [head = "", payload = "", signature = ""] = token.split(".");
  const header = decoded(head);
  const rsa = madeUp(() => generateKeyPairSync("rsa", { modulusLength: 2048 }));
  const ec = madeUp(() => generateKeyPairSync("ec", { namedCurve: "P-384" }));
  const signedBy = (key: KeyObject, changed: Json, dsaEncoding?: "ieee-p1363"): string => {
    const input = `${encoded({ ...header, ...changed })}.${payload}`;
    const hash = changed.alg === "ES384" ? "sha384" : "sha256";
    return `${input}.${sign(hash, Buffer.from(input), { key, ...(dsaEncoding && { dsaEncoding }) }).toString("base64url")}`;
  };
  const unsigned = (alg: string) => `${encoded({ ...header, alg })}.${payload}.`;

  const made: Record<string, () => string | undefined> = {
    malformed: () => "this-is-not-a-jwt",
    bearer_prefix: () => `Bearer ${token}`,
    json_serialization: () => JSON.stringify({ protected: head, payload, signature }),
    padded_base64: () => `${token}==`,
    noncanonical_base64: () => withStrayBit(token, signature),
    too_large: () =>
      `${head}.${encoded({ ...decoded(payload), padding: "x".repeat(48 * 1024) })}.${signature}`,
    encrypted: () =>
      `${encoded({ alg: "dir", enc: "A256GCM" })}..${payload.slice(0, 16)}.${payload}.${signature.slice(0, 22)}`,
    alg_none: () => unsigned("none"),
    alg_none_mixed_case: () => unsigned("nOnE"),
    hs256_with_public_key: () =>
      publicKey && signedWithSecret(publicKey, { ...header, alg: "HS256" }, payload),
    other_algorithm: () => signedBy(ec().privateKey, { alg: "ES384", kid: "made-up" }, "ieee-p1363"),
    unknown_key: () => signedBy(rsa().privateKey, { alg: "RS256", kid: "made-up" }),
    embedded_jwk: () => {
      const jwk = rsa().publicKey.export({ format: "jwk" });
      return signedBy(rsa().privateKey, { alg: "RS256", kid: "made-up-too", jwk });
    },
    forged_key: () => signedBy(rsa().privateKey, { alg: "RS256" }),
    tampered_payload: () =>
      `${head}.${encoded({ ...decoded(payload), permissions: ["everything"] })}.${signature}`,
    flipped_signature: () => {
      const middle = signature.length >> 1;
      const other = signature[middle] === "A" ? "B" : "A";
      return `${head}.${payload}.${signature.slice(0, middle)}${other}${signature.slice(middle + 1)}`;
    },
  };

  return async ({ name }) => {
    const mutated = made[name]?.();
    return mutated === undefined ? attemptWith(name, token) : bearer(mutated);
  };
}

/** The public half of a JWK as a key, if it is one for signatures. */
export function publicKeyOf(jwk: JsonWebKey): KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk, format: "jwk" });
  } catch {
    return undefined;
  }
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Where three divides the signature's length there is no unused bit: then a character that stands for no byte. */
function withStrayBit(token: string, signature: string): string {
  if (signature.length % 4 === 0) return `${token}A`;
  return token.slice(0, -1) + alphabet[alphabet.indexOf(token.at(-1) ?? "A") ^ 1];
}

function signedWithSecret(publicKey: KeyObject, header: Json, payload: string): string {
  const input = `${encoded(header)}.${payload}`;
  const secret = publicKey.export({ type: "spki", format: "pem" });
  return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
}

function madeUp<T>(generate: () => T): () => T {
  let pair: T | undefined;
  return () => {
    pair ??= generate();
    return pair;
  };
}

function decoded(part: string): Json {
  return JSON.parse(Buffer.from(part, "base64url").toString());
}

function encoded(value: Json): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
