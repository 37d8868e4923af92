import type { IssuerSettings } from "../issuer-settings.ts";
import { refusal } from "../refusal.ts";
import { TokenError } from "../token-error.ts";
import {
  andThen,
  type Check,
  claimOf,
  type Examination,
  exactName,
  issuerOf,
  type Outcome,
} from "./check.ts";

/**
 * Is it of a configured issuer? Compared exactly with what discovery states. Before discovery has been asked, a final
 * slash is let pass here, so that no request is made for a token that another check refuses; {@link compareExactly} then
 * decides once the keys are there.
 */
export const issuer: Check = (examination) => {
  const { listed, find } = examination.settings.issuers;
  const iss = claimOf(examination, "iss");
  return andThen(typeof iss === "string" ? find(iss) : undefined, (found) => {
    if (found instanceof TokenError) return found;
    if (found === undefined) {
      // With one issuer an explanation can still say what that one would make of the token.
      if (listed.length === 1) examination.issuer = listed[0] as IssuerSettings;
      return refusal("issuer_wrong", iss, listed.map(nameOf));
    }
    examination.issuer = found;
    if (exactName(found) !== undefined) return compareExactly(examination);
    examination.issuerPending = true;
    return undefined;
  });
};

/** Compares `iss` with the issuer's exact name, which must be known by now (RFC 8725 section 3.8). */
export function compareExactly(examination: Examination): Outcome {
  const iss = claimOf(examination, "iss");
  const expected = nameOf(issuerOf(examination));
  return iss === expected ? undefined : refusal("issuer_wrong", iss, [expected]);
}

/** What its tokens must say in `iss`, as far as it is known. */
function nameOf(issuer: IssuerSettings): string {
  return exactName(issuer) ?? issuer.configured;
}
