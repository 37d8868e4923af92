import { own } from "../claims/jwt-claims.ts";
import type { IssuerSettings } from "../issuer-settings.ts";
import type { FoundIssuer } from "../issuers.ts";
import { show, showAny } from "../printable.ts";
import { refusal, TokenError } from "../token-error.ts";
import { type Check, type Examination, issuerOf, jwsOf, type Outcome } from "./check.ts";

/**
 * Is it of a configured issuer? Compared exactly with what discovery states. Before discovery has been asked, a final
 * slash is let pass here, so that no request is made for a token that another check refuses; {@link compareExactly} then
 * decides once the keys are there.
 */
export const issuer: Check = {
  name: "issuer",
  needs: ["form"],
  off: ({ settings }) => (settings.issuers.none === true ? "no issuer is given" : undefined),
  run(examination) {
    const iss = own(jwsOf(examination).payload, "iss");
    const found = typeof iss === "string" ? examination.settings.issuers.find(iss) : undefined;
    return found instanceof Promise
      ? found.then((done) => settle(examination, iss, done))
      : settle(examination, iss, found);
  },
  found: (examination) => show(own(jwsOf(examination).payload, "iss")),
  expected: (examination) => show(nameOf(issuerOf(examination))),
};

function settle(examination: Examination, iss: unknown, found: FoundIssuer): Outcome {
  if (found === undefined) {
    const { listed } = examination.settings.issuers;
    // With one issuer an explanation can still say what that one would make of the token.
    if (listed.length === 1) examination.issuer = listed[0] as IssuerSettings;
    return refuseIssuer(iss, listed.map(nameOf));
  }
  if (found instanceof TokenError) return found;
  examination.issuer = found;
  if (found.keys.issuer !== undefined) return compareExactly(examination);
  examination.issuerPending = true;
  return undefined;
}

/** Compares `iss` with the issuer's exact name, which must be known by now (RFC 8725 section 3.8). */
export function compareExactly(examination: Examination): Outcome {
  const iss = own(jwsOf(examination).payload, "iss");
  const expected = nameOf(issuerOf(examination));
  return iss === expected ? undefined : refuseIssuer(iss, [expected]);
}

function nameOf(settings: IssuerSettings): string {
  return settings.keys.issuer ?? settings.configured;
}

function refuseIssuer(iss: unknown, expected: readonly string[]): TokenError {
  const names = expected.length === 0 ? "an issuer that the option issuer knows" : showAny(expected);
  const slashOnly =
    typeof iss === "string" && expected.some((name) => name === `${iss}/` || `${name}/` === iss);
  return refusal(
    "issuer_wrong",
    iss === undefined
      ? `This token names no issuer (iss); expected is ${names}.`
      : `This token comes from the issuer ${show(iss)}; expected is ${names}${slashOnly ? " (they differ by the final slash)" : ""}.`,
    {
      found: show(iss),
      expected: names,
      fix: slashOnly
        ? "Have the issuer state one form only, or configure the issuer exactly as its tokens have it."
        : "Sign in at the expected issuer, or configure the one that made the token.",
    },
  );
}
