import { refusedTokens } from "./refused-tokens.ts";
import type { Vector } from "./vector.ts";

const lookAgain =
  "Fetch the key set again when a token names a kid that is not in it, at most every few seconds.";
const anyCase = "Compare the scheme without regard to case (RFC 9110 section 11.1).";

/** The request that shows whether the API trusts the tokens at all. Nothing can be told without it. */
export const goodToken: Vector = {
  name: "good",
  expect: "accept",
  title: "a good token",
  how: "typ at+jwt, RS256, iss, aud (a list), sub, exp in an hour, client_id, scope, jti",
  status: "2xx",
  severity: "high",
  why: "Nobody can use the API.",
  fix: "Make the API trust the issuer and the audience that the tokens are made for.",
  fromToken: true,
};

/** The request that shows whether there is anything to protect. */
export const noToken: Vector = {
  name: "no_token",
  expect: "refuse",
  title: "no token at all",
  how: "no Authorization header",
  status: [401],
  code: "token_missing",
  severity: "critical",
  why: "This route is open to everyone.",
  fix: "Put the check before the route; if it is meant to be open, probe another one.",
  fromToken: true,
};

const good = (vector: Omit<Vector, "expect" | "status" | "severity">): Vector => ({
  expect: "accept",
  status: "2xx",
  severity: "low",
  ...vector,
});

const accepted: readonly Vector[] = [
  good({
    name: "good_new_key",
    title: "a good token, signed by a key published a moment ago",
    how: "the issuer publishes a second key and signs with it; the first stays published",
    why: "When the issuer changes its key, everyone is locked out until the API looks at the key set again.",
    fix: lookAgain,
    fromToken: false,
  }),
  good({
    name: "good_previous_key",
    title: "a good token, signed by the previous key, still published",
    how: "after the change of keys, a token signed with the first key",
    why: "When the issuer changes its key, everyone with a token of the hour before is locked out.",
    fix: "Keep all keys of the key set, not only the first.",
    fromToken: false,
  }),
  good({
    name: "good_typ_jwt",
    title: "a good token whose typ is JWT",
    how: "as good, with typ JWT: what most issuers still write",
    why: "Access tokens of most issuers are refused.",
    fix: "Accept the typ values at+jwt and JWT, unless the issuer is known to follow RFC 9068.",
    fromToken: false,
  }),
  good({
    name: "good_audience_text",
    title: "a good token whose aud is text, not a list",
    how: "aud is the API's name as a string (RFC 7519 section 4.1.3)",
    why: "Access tokens of issuers that write aud as text are refused.",
    fix: "Accept aud as text and as a list.",
    fromToken: false,
  }),
  good({
    name: "good_second_audience",
    title: "a good token for two APIs, this one second",
    how: "aud is a list of another API and this one",
    why: "Access tokens for several APIs are refused.",
    fix: "Look for the API's name anywhere in aud.",
    fromToken: false,
  }),
  good({
    name: "good_odd_claims",
    title: "a good token with claims that the API does not know",
    how: "further claims: nested, not ASCII, 2 kB long",
    why: "A claim that somebody adds at the issuer locks everyone out.",
    fix: "Leave claims that are not known alone (RFC 7519 section 4).",
    fromToken: false,
  }),
  good({
    name: "good_scheme_in_lower_case",
    title: "a good token after 'bearer' in lower case",
    how: "Authorization: bearer <good token>",
    why: "Clients that spell the scheme in lower case are refused.",
    fix: anyCase,
    fromToken: true,
  }),
];

const goodAgain = good({
  name: "good_again",
  title: "the good token again, after all the bad ones",
  how: "as good",
  why: "Bad tokens have locked a good one out, so whoever sends bad ones can lock out everybody.",
  fix: "Bound what a caller may do by the caller, and keep known keys when a kid is not found.",
  fromToken: true,
});

const requests: readonly Vector[] = [
  {
    name: "other_scheme",
    expect: "refuse",
    title: "a good token after 'Basic'",
    how: "Authorization: Basic <good token>",
    status: [400, 401],
    code: "scheme_unsupported",
    severity: "low",
    why: "The API does not read the scheme, so what is meant for another check can be passed to this one.",
    fix: "Accept the scheme Bearer only.",
    fromToken: true,
  },
  {
    name: "token_in_query",
    expect: "refuse",
    title: "a good token in the address, ?access_token=",
    how: "no Authorization header; the good token as access_token in the query",
    status: [400, 401],
    code: "token_missing",
    severity: "low",
    why: "Addresses end up in logs, histories and Referer headers, and the tokens with them (RFC 9700 section 4.3.2).",
    fix: "Take tokens from the Authorization header only.",
    fromToken: true,
  },
  {
    name: "bound_token",
    expect: "refuse",
    title: "a token bound to its sender's key, sent without a proof",
    how: "a good token with cnf.jkt, sent as Bearer and without a DPoP header (RFC 9449 section 7.1)",
    status: [401],
    code: "token_bound",
    severity: "low",
    why: "The issuer bound the token to a key so that a stolen one is of no use; here it is.",
    fix: "Check the proof that cnf asks for, or refuse tokens with cnf.",
    fromToken: false,
  },
];

/** What makes an API look at the key set again. */
const askForKeys: readonly string[] = ["good_new_key", "good_previous_key", "unknown_key", "embedded_jwk"];

/**
 * Everything that is sent, in this order. What has to do with other keys comes last: many APIs look at the key set only
 * after a pause, and until then refuse every token of a new key, so that a refusal would show nothing. Among these the
 * new key comes first, before a kid that nobody knows starts such a pause.
 */
export const vectors: readonly Vector[] = [
  noToken,
  goodToken,
  ...accepted.filter(({ name }) => !askForKeys.includes(name)),
  ...requests,
  ...refusedTokens.filter(({ name }) => !askForKeys.includes(name)),
  goodAgain,
  ...accepted.filter(({ name }) => askForKeys.includes(name)),
  ...refusedTokens.filter(({ name }) => askForKeys.includes(name)),
];
