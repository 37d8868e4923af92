import type { Algorithm } from "../algorithms.ts";
import { keysOf } from "../key-source.ts";
import { refusal } from "../refusal.ts";
import { TokenError } from "../token-error.ts";
import { andThen, type Check, exactName, issuerOf, jwsOf } from "./check.ts";
import { compareExactly } from "./issuer.ts";

/** Does the issuer publish the key that it names? Keys and addresses inside the token are never looked at. */
export const key: Check = (examination) => {
  const { kid, alg } = jwsOf(examination).header;
  const issuer = issuerOf(examination);
  if (!issuer.algorithms.has(alg)) return refusal("algorithm_not_allowed", alg, issuer.algorithms, true);
  return andThen(keysOf(issuer).find(kid, alg as Algorithm), (found) => {
    if (examination.issuerPending === true && exactName(issuer) !== undefined) {
      const outcome = compareExactly(examination);
      if (outcome !== undefined) return outcome;
    }
    if (found instanceof TokenError) return found;
    examination.candidates = found;
    return undefined;
  });
};
