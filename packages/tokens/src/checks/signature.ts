import { verifySignature } from "#platform";
import { refusal } from "../refusal.ts";
import { andThen, type Check, type Examination, jwsOf, type Outcome } from "./check.ts";

/** Did the key sign exactly this text? */
export const signature: Check = (examination) => tryKey(examination, 0);

/** Tries the keys in turn; there is more than one only if several share a kid, or the token names none. */
function tryKey(examination: Examination, index: number): Outcome | Promise<Outcome> {
  const candidate = examination.candidates?.[index];
  if (candidate === undefined) return refusal("signature_invalid");
  const jws = jwsOf(examination);
  return andThen(verifySignature(candidate.verification, jws.signingInput, jws.signature), (valid) => {
    if (!valid) return tryKey(examination, index + 1);
    examination.key = candidate;
    return undefined;
  });
}
