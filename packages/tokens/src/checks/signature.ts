import { verifySignature } from "#signature";
import type { Algorithm } from "../algorithms.ts";
import type { KeySearch } from "../key-source.ts";
import type { PublicKey } from "../key-table.ts";
import { show } from "../printable.ts";
import { refusal, TokenError } from "../token-error.ts";
import { type Check, type Examination, issuerOf, jwsOf, type Outcome } from "./check.ts";
import { compareExactly } from "./issuer.ts";

/** Does the issuer publish the key that it names? Keys and addresses inside the token are never looked at. */
export const key: Check = {
  name: "key",
  needs: ["form", "critical headers", "algorithm"],
  ofIssuer: true,
  run(examination) {
    const { kid, alg } = jwsOf(examination).header;
    const { keys, algorithms } = issuerOf(examination);
    if (!algorithms.has(alg)) return refuseAlgorithmOfIssuer(alg, algorithms);
    const search = keys.find(kid, alg as Algorithm);
    return search instanceof Promise
      ? search.then((done) => settle(examination, done))
      : settle(examination, search);
  },
  found: (examination) => {
    const { trouble } = issuerOf(examination).keys;
    return `kid ${show(jwsOf(examination).header.kid)}${trouble === undefined ? "" : ` (${trouble})`}`;
  },
  expected: (examination) =>
    `a key of ${show(issuerOf(examination).keys.issuer ?? issuerOf(examination).configured)}`,
};

function settle(examination: Examination, search: KeySearch): Outcome {
  if (examination.issuerPending === true && issuerOf(examination).keys.issuer !== undefined) {
    const outcome = compareExactly(examination);
    if (outcome !== undefined) return outcome;
  }
  if (search instanceof TokenError) return search;
  examination.candidates = search;
  return undefined;
}

function refuseAlgorithmOfIssuer(alg: string, algorithms: ReadonlySet<string>): TokenError {
  const expected = [...algorithms].join(", ");
  return refusal(
    "algorithm_not_allowed",
    `This token says alg ${show(alg)}; of this issuer ${expected} is accepted.`,
    {
      found: show(alg),
      expected,
      fix: "If the issuer signs with it, add it to the algorithms of that issuer.",
    },
  );
}

/** Did that key sign exactly this text? */
export const signature: Check = {
  name: "signature",
  needs: ["form", "key"],
  run(examination) {
    return tryKey(examination, 0);
  },
  found: () => "valid",
  expected: () => "valid",
};

/** Tries the keys in turn; there is more than one only if several share a kid, or the token names none. */
function tryKey(examination: Examination, index: number): Outcome | Promise<Outcome> {
  const candidate = examination.candidates?.[index];
  if (candidate === undefined) return refuseSignature();
  const { signingInput, signature: segment } = jwsOf(examination);
  const valid = verifySignature(candidate.verification, signingInput, segment) as boolean | Promise<boolean>;
  return typeof valid === "boolean"
    ? next(examination, index, candidate, valid)
    : valid.then((done) => next(examination, index, candidate, done));
}

function next(
  examination: Examination,
  index: number,
  candidate: PublicKey,
  valid: boolean,
): Outcome | Promise<Outcome> {
  if (!valid) return tryKey(examination, index + 1);
  examination.key = candidate;
  return undefined;
}

function refuseSignature(): TokenError {
  return refusal(
    "signature_invalid",
    "The signature of this token is not valid: the token was changed or forged.",
    {
      found: "a signature that does not fit the text",
      expected: "a signature by the issuer's key",
      fix: "Use the token exactly as the issuer gave it, or sign in again.",
    },
  );
}
