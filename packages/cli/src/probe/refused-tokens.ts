import { type BadTokenName, badTokenKinds } from "@hallpass/testing";
import type { Vector } from "./vector.ts";

type Advice = Omit<Vector, "name" | "expect" | "title" | "code" | "status"> & { status?: readonly number[] };

const unreadable = [400, 401];
const pinned = "Pin the algorithm in the code that verifies (RS256), and never take it from the token.";
const strict =
  "Verify with a library that reads base64url strictly, or compare each part with itself re-encoded.";
const ownKeys =
  "Take keys from the issuer's key set only, by kid, and never from the token or an address in it.";
const signed = "Verify the signature before anything of the token is used: decoding is not verifying.";
const audience = "Demand that aud is, or contains, the name of this API; a token without aud is refused.";
const issuer = "Compare iss with the issuer, whole and to the letter; a token without iss is refused.";
const accessOnly =
  "Refuse typ values other than at+jwt and JWT, and tokens with at_hash or events: those are for others.";

const advice: Readonly<Record<BadTokenName, Advice>> = {
  malformed: {
    how: "the text this-is-not-a-jwt",
    status: unreadable,
    severity: "critical",
    why: "The API lets in whoever sends any text.",
    fix: signed,
    fromToken: true,
  },
  bearer_prefix: {
    how: "a good token with 'Bearer ' before it, so that the header says Bearer twice",
    status: unreadable,
    severity: "low",
    why: "The header is searched for a token instead of being read, so proxies and the API can disagree about it.",
    fix: "Take what follows the first 'Bearer ' whole, and refuse it if there is a space in it.",
    fromToken: true,
  },
  json_serialization: {
    how: 'a good token as {"protected":…,"payload":…,"signature":…} (RFC 7515 section 7.2.2)',
    status: unreadable,
    severity: "low",
    why: "Two forms of one token: checks that look at one form can be passed with the other.",
    fix: "Accept the compact form only: three parts with dots between them.",
    fromToken: true,
  },
  padded_base64: {
    how: "a good token with == after it",
    status: unreadable,
    severity: "low",
    why: "One token has many spellings, so a list of revoked or used tokens can be got around.",
    fix: strict,
    fromToken: true,
  },
  noncanonical_base64: {
    how: "a good token with a bit set in its last character that base64url does not use",
    severity: "low",
    why: "One token has many spellings, so a list of revoked or used tokens can be got around.",
    fix: strict,
    fromToken: true,
  },
  too_large: {
    how: "a token of 64 kB; what is in it does not matter",
    status: [400, 401, 413, 414, 431],
    severity: "low",
    why: "Anyone can make the API decode and hash as much as they like.",
    fix: "Refuse an Authorization header of more than 16 kB before anything is decoded.",
    fromToken: true,
  },
  encrypted: {
    how: "a JWE of five parts, alg dir, with a key made up",
    severity: "critical",
    why: "The API accepts a token that it cannot read.",
    fix: signed,
    fromToken: true,
  },
  alg_none: {
    how: "good claims, the header says alg none, and the signature is empty",
    severity: "critical",
    why: "Anyone can write a token for any user.",
    fix: pinned,
    fromToken: true,
  },
  alg_none_mixed_case: {
    how: "as alg_none, spelt nOnE",
    severity: "critical",
    why: "Anyone can write a token for any user: a check for the word none is got around by its spelling.",
    fix: pinned,
    fromToken: true,
  },
  hs256_with_public_key: {
    how: "good claims, signed with HS256 and the issuer's public key (PEM) as the secret",
    severity: "critical",
    why: "Everyone knows the public key, so anyone can write a token for any user.",
    fix: pinned,
    fromToken: true,
  },
  other_algorithm: {
    how: "good claims, signed with ES384 and a key made up",
    severity: "critical",
    why: "Anyone can write a token for any user.",
    fix: pinned,
    fromToken: true,
  },
  unknown_crit: {
    how: 'a good token whose header says "crit": ["urn:example:hold"], signed by the issuer',
    severity: "low",
    why: "The issuer says that whoever does not know this header must refuse the token (RFC 7515 section 4.1.11).",
    fix: "Refuse a token whose header has crit, unless every name in it is implemented.",
    fromToken: false,
  },
  id_token: {
    how: "an ID token of the same issuer: aud is the client id, with at_hash",
    severity: "high",
    why: "ID tokens go to front ends and other parties and say nothing of what their holder may do here.",
    fix: audience,
    fromToken: false,
  },
  id_token_with_nonce: {
    how: "an ID token with a nonce",
    severity: "high",
    why: "ID tokens go to front ends and other parties and say nothing of what their holder may do here.",
    fix: audience,
    fromToken: false,
  },
  logout_token: {
    how: "typ logout+jwt and the claim events, for this API's audience, signed by the issuer",
    severity: "low",
    why: "A message between servers about somebody's sign-out would be good for signing them in.",
    fix: accessOnly,
    fromToken: false,
  },
  dpop_proof: {
    how: "typ dpop+jwt with htm and htu, for this API's audience, signed by the issuer",
    severity: "low",
    why: "A JWT that was made for something else is taken for an access token.",
    fix: accessOnly,
    fromToken: false,
  },
  wrong_issuer: {
    how: "iss is https://other.example",
    severity: "high",
    why: "With a key set that several tenants share, users of any other tenant get in.",
    fix: issuer,
    fromToken: false,
  },
  issuer_with_suffix: {
    how: "iss is the right issuer with .other.example after it",
    severity: "high",
    why: "The issuer is compared by its beginning, so whoever registers a name that begins like it gets in.",
    fix: issuer,
    fromToken: false,
  },
  no_issuer: {
    how: "no iss",
    severity: "high",
    why: "The issuer is only checked where the token names one.",
    fix: issuer,
    fromToken: false,
  },
  wrong_audience: {
    how: "aud is https://other-api.example",
    severity: "high",
    why: "Any other API that your users' tokens reach can use them here.",
    fix: audience,
    fromToken: false,
  },
  empty_audience: {
    how: "aud is []",
    severity: "high",
    why: "Tokens that were issued for no API get in: any sign-in of any application of the issuer is enough.",
    fix: audience,
    fromToken: false,
  },
  no_audience: {
    how: "no aud",
    severity: "high",
    why: "The audience is only checked where the token names one.",
    fix: audience,
    fromToken: false,
  },
  expired: {
    how: "exp is an hour ago",
    severity: "high",
    why: "A token that leaks is good for ever, and whoever was dismissed stays.",
    fix: "Check exp, with a tolerance of seconds.",
    fromToken: false,
  },
  not_yet_valid: {
    how: "nbf is in an hour",
    severity: "low",
    why: "The issuer says that this token is not good yet.",
    fix: "Check nbf where the token has it, with a tolerance of seconds.",
    fromToken: false,
  },
  no_expiry: {
    how: "no exp",
    severity: "high",
    why: "A token without an end is good for ever.",
    fix: "Require exp, and do not only check it where it is.",
    fromToken: false,
  },
  expiry_as_text: {
    how: 'exp is text, such as "1793260800"',
    severity: "low",
    why: "What is converted here may be compared as text elsewhere; RFC 7519 section 2 says that it is a number.",
    fix: "Refuse an exp that is not a number.",
    fromToken: false,
  },
  unknown_key: {
    how: "signed by a key that the issuer does not publish, under a kid of its own",
    severity: "critical",
    why: "Anyone can write a token for any user.",
    fix: `${ownKeys} An unknown kid is 401, never 500.`,
    fromToken: true,
  },
  embedded_jwk: {
    how: "signed by a key made up, which the header brings along as jwk",
    severity: "critical",
    why: "Anyone can write a token for any user and bring the key that proves it.",
    fix: ownKeys,
    fromToken: true,
  },
  forged_key: {
    how: "signed by a key made up, under a kid that the issuer publishes",
    severity: "critical",
    why: "Anyone can write a token for any user.",
    fix: signed,
    fromToken: true,
  },
  tampered_payload: {
    how: 'a good token whose permissions were changed to ["everything"], the signature left',
    severity: "critical",
    why: "Whoever has a token can write any permission into it.",
    fix: signed,
    fromToken: true,
  },
  flipped_signature: {
    how: "a good token with one character in the middle of its signature changed",
    severity: "critical",
    why: "The signature is not checked: anyone can write a token for any user.",
    fix: signed,
    fromToken: true,
  },
};

/** Every bad token of `@hallpass/testing`, with what accepting it means. */
export const refusedTokens: readonly Vector[] = Object.entries(badTokenKinds).map(([name, kind]) => ({
  name,
  expect: "refuse",
  ...kind,
  status: [401],
  ...advice[name as BadTokenName],
}));
