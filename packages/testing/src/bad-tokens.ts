import { CompactEncrypt, CompactSign, exportSPKI } from "jose";
import { accessTokenClaims, type Issuance, idTokenClaims, type TokenOverrides } from "./claim-styles.ts";
import { bytes, encode, parts, sign, withUnusedBit } from "./compact-jws.ts";
import { generateSigningKey, type SigningKey } from "./signing-keys.ts";

/** A token that must be refused, and the `TokenError` code it must be refused with. */
export interface BadToken {
  /** What is wrong with it, for a test's title. */
  readonly title: string;
  /** The code that `@hallpass/tokens` refuses it with. */
  readonly code: string;
  /** Makes a fresh one, dated by the issuer's clock. */
  make(): Promise<string>;
}

export type BadTokens = Readonly<Record<BadTokenName, BadToken>>;

export type BadTokenName =
  | "malformed"
  | "bearer_prefix"
  | "json_serialization"
  | "padded_base64"
  | "noncanonical_base64"
  | "too_large"
  | "encrypted"
  | "alg_none"
  | "alg_none_mixed_case"
  | "hs256_with_public_key"
  | "other_algorithm"
  | "unknown_crit"
  | "id_token"
  | "id_token_with_nonce"
  | "logout_token"
  | "dpop_proof"
  | "wrong_issuer"
  | "issuer_with_suffix"
  | "no_issuer"
  | "wrong_audience"
  | "empty_audience"
  | "no_audience"
  | "expired"
  | "not_yet_valid"
  | "no_expiry"
  | "expiry_as_text"
  | "unknown_key"
  | "embedded_jwk"
  | "forged_key"
  | "tampered_payload"
  | "flipped_signature";

/** What a recipe may use. The forger's keys are not published; they are generated when first needed. */
export interface Workshop {
  issuance(): Issuance;
  current(): SigningKey;
  forger(alg: string): Promise<SigningKey>;
}

interface Recipe {
  readonly title: string;
  readonly code: string;
  readonly make: (workshop: Workshop) => Promise<string>;
}

const recipes: Record<BadTokenName, Recipe> = {
  malformed: {
    title: "text that is no JWT",
    code: "token_malformed",
    make: async () => "this-is-not-a-jwt",
  },
  bearer_prefix: {
    title: "a good token with 'Bearer ' before it",
    code: "token_malformed",
    make: async (workshop) => `Bearer ${await access(workshop)}`,
  },
  json_serialization: {
    title: "a good token in JWS JSON serialization",
    code: "token_malformed",
    make: async (workshop) => {
      const [header, payload, signature] = parts(await access(workshop));
      return JSON.stringify({ protected: header, payload, signature });
    },
  },
  padded_base64: {
    title: "a good token with base64 padding",
    code: "token_malformed",
    make: async (workshop) => `${await access(workshop)}==`,
  },
  noncanonical_base64: {
    title: "a good token with an unused bit set in its last character",
    code: "token_malformed",
    make: async (workshop) => withUnusedBit(await access(workshop)),
  },
  too_large: {
    title: "a token of 64 kB",
    code: "token_too_large",
    make: (workshop) => access(workshop, { claims: { padding: "x".repeat(48 * 1024) } }),
  },
  encrypted: {
    title: "an encrypted JWT",
    code: "token_encrypted",
    make: async (workshop) =>
      new CompactEncrypt(bytes(accessTokenClaims(workshop.issuance(), {})))
        .setProtectedHeader({ alg: "dir", enc: "A256GCM", typ: "at+jwt" })
        .encrypt(new Uint8Array(32)),
  },
  alg_none: {
    title: "an unsigned token, alg none",
    code: "algorithm_not_allowed",
    make: async (workshop) => unsigned(workshop, "none"),
  },
  alg_none_mixed_case: {
    title: "an unsigned token, alg nOnE",
    code: "algorithm_not_allowed",
    make: async (workshop) => unsigned(workshop, "nOnE"),
  },
  hs256_with_public_key: {
    title: "HS256 with the public key as its secret",
    code: "algorithm_not_allowed",
    make: async (workshop) => {
      const { publicKey, kid } = workshop.current();
      const secret = new TextEncoder().encode(await exportSPKI(publicKey));
      const claims = accessTokenClaims(workshop.issuance(), {});
      return new CompactSign(bytes(claims))
        .setProtectedHeader({ alg: "HS256", typ: "at+jwt", kid })
        .sign(secret);
    },
  },
  other_algorithm: {
    title: "a sound algorithm that the issuer does not use",
    code: "algorithm_not_allowed",
    make: async (workshop) => {
      const key = await workshop.forger(workshop.current().alg === "ES384" ? "ES256" : "ES384");
      return sign(key, accessTokenClaims(workshop.issuance(), {}));
    },
  },
  unknown_crit: {
    title: "a critical header that nobody knows",
    code: "critical_header_unknown",
    make: (workshop) =>
      access(workshop, { header: { crit: ["urn:example:hold"], "urn:example:hold": true } }),
  },
  id_token: {
    title: "an ID token",
    code: "token_type_wrong",
    make: (workshop) => sign(workshop.current(), idTokenClaims(workshop.issuance(), {}), { typ: "JWT" }),
  },
  id_token_with_nonce: {
    title: "an ID token with a nonce",
    code: "token_type_wrong",
    make: (workshop) =>
      sign(workshop.current(), idTokenClaims(workshop.issuance(), { nonce: "n-0S6_WzA2Mj" }), { typ: "JWT" }),
  },
  logout_token: {
    title: "a back-channel logout token",
    code: "token_type_wrong",
    make: (workshop) => {
      const events = { "http://schemas.openid.net/event/backchannel-logout": {} };
      return access(workshop, { header: { typ: "logout+jwt" }, claims: { events, sid: "session-1" } });
    },
  },
  dpop_proof: {
    title: "a DPoP proof",
    code: "token_type_wrong",
    make: (workshop) =>
      access(workshop, {
        header: { typ: "dpop+jwt" },
        claims: { htm: "GET", htu: "https://api.bookstore.example/books" },
      }),
  },
  wrong_issuer: {
    title: "a token of another issuer",
    code: "issuer_wrong",
    make: (workshop) => access(workshop, { claims: { iss: "https://other.example" } }),
  },
  issuer_with_suffix: {
    title: "an issuer that only begins like the right one",
    code: "issuer_wrong",
    make: (workshop) => access(workshop, { claims: { iss: `${workshop.issuance().issuer}.other.example` } }),
  },
  no_issuer: {
    title: "a token that does not say who issued it",
    code: "issuer_wrong",
    make: (workshop) => access(workshop, { claims: { iss: undefined } }),
  },
  wrong_audience: {
    title: "a token for another API",
    code: "audience_wrong",
    make: (workshop) => access(workshop, { audience: ["https://other-api.example"] }),
  },
  empty_audience: {
    title: "a token for no API at all, aud []",
    code: "audience_wrong",
    make: (workshop) => access(workshop, { audience: [] }),
  },
  no_audience: {
    title: "a token that does not say for which API it is",
    code: "audience_wrong",
    make: (workshop) => access(workshop, { claims: { aud: undefined } }),
  },
  expired: {
    title: "a token that expired an hour ago",
    code: "token_expired",
    make: (workshop) => access(workshop, { issuedAt: workshop.issuance().now - 7200, expiresIn: 3600 }),
  },
  not_yet_valid: {
    title: "a token that is valid from in an hour",
    code: "token_not_yet_valid",
    make: (workshop) =>
      access(workshop, { expiresIn: 7200, claims: { nbf: workshop.issuance().now + 3600 } }),
  },
  no_expiry: {
    title: "a token that never expires",
    code: "claim_missing",
    make: (workshop) => access(workshop, { claims: { exp: undefined } }),
  },
  expiry_as_text: {
    title: "a token whose exp is text",
    code: "claim_invalid",
    make: (workshop) => access(workshop, { claims: { exp: String(workshop.issuance().now + 3600) } }),
  },
  unknown_key: {
    title: "a token signed by a key that the issuer does not publish",
    code: "key_unknown",
    make: async (workshop) => {
      const key = await workshop.forger(workshop.current().alg);
      return sign(key, accessTokenClaims(workshop.issuance(), {}));
    },
  },
  embedded_jwk: {
    title: "a token that brings its own key along",
    code: "key_unknown",
    make: async (workshop) => {
      const key = await workshop.forger(workshop.current().alg);
      return sign(key, accessTokenClaims(workshop.issuance(), {}), { jwk: key.jwk });
    },
  },
  forged_key: {
    title: "a token signed by another key under a published kid",
    code: "signature_invalid",
    make: async (workshop) => {
      const key = await workshop.forger(workshop.current().alg);
      return sign(key, accessTokenClaims(workshop.issuance(), {}), { kid: workshop.current().kid });
    },
  },
  tampered_payload: {
    title: "a token whose permissions were changed after signing",
    code: "signature_invalid",
    make: async (workshop) => {
      const claims = accessTokenClaims(workshop.issuance(), {});
      const [header, , signature] = parts(await sign(workshop.current(), claims));
      return `${header}.${encode({ ...claims, permissions: ["everything"] })}.${signature}`;
    },
  },
  flipped_signature: {
    title: "a token with one character of its signature changed",
    code: "signature_invalid",
    make: async (workshop) => {
      const [header, payload, signature] = parts(await access(workshop));
      const middle = signature.length >> 1;
      const other = signature[middle] === "A" ? "B" : "A";
      return `${header}.${payload}.${signature.slice(0, middle)}${other}${signature.slice(middle + 1)}`;
    },
  },
};

/** What is wrong with each, and its code, without making any. */
export const badTokenKinds: Readonly<Record<BadTokenName, Pick<BadToken, "title" | "code">>> = recipes;

export function createBadTokens(workshop: Workshop): BadTokens {
  const entries = Object.entries(recipes).map(([name, { title, code, make }]) => [
    name,
    { title, code, make: () => make(workshop) },
  ]);
  return Object.fromEntries(entries) as BadTokens;
}

/** Generates each of the forger's keys once. */
export function createForger(): (alg: string) => Promise<SigningKey> {
  const keys = new Map<string, Promise<SigningKey>>();
  return (alg) => {
    const key = keys.get(alg) ?? generateSigningKey(alg);
    keys.set(alg, key);
    return key;
  };
}

function access(workshop: Workshop, overrides: TokenOverrides = {}): Promise<string> {
  return sign(workshop.current(), accessTokenClaims(workshop.issuance(), overrides), overrides.header);
}

function unsigned(workshop: Workshop, alg: string): string {
  const header = { alg, typ: "at+jwt", kid: workshop.current().kid };
  return `${encode(header)}.${encode(accessTokenClaims(workshop.issuance(), {}))}.`;
}
