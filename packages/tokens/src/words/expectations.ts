import type { Facts } from "../facts.ts";
import type { TokenErrorWords } from "../token-error.ts";
import { show, showAny } from "./printable.ts";

export function wrongAlgorithm(
  ...[alg, algorithms, ofIssuer]: Facts["algorithm_not_allowed"]
): TokenErrorWords {
  const found = show(alg);
  if (ofIssuer === true) {
    const expected = [...algorithms].join(", ");
    return {
      what: `This token says alg ${found}; of this issuer ${expected} is accepted.`,
      found,
      expected,
      fix: "If the issuer signs with it, add it to the algorithms of that issuer.",
    };
  }
  const expected = showAny([...algorithms]);
  return {
    what: `This token says alg ${found}; accepted is ${expected}.`,
    found,
    expected,
    fix: algorithmFix(alg),
  };
}

function algorithmFix(alg: unknown): string {
  if (typeof alg !== "string" || /^none$/i.test(alg)) {
    return "Unsigned tokens are never accepted: use a token of the issuer, unchanged.";
  }
  return /^hs/i.test(alg)
    ? "Have the issuer sign this API's tokens with RS256: shared secrets are not supported."
    : "If the issuer signs with it, add it to the option algorithms.";
}

export function wrongIssuer(...[iss, names]: Facts["issuer_wrong"]): TokenErrorWords {
  const expected = names.length === 0 ? "an issuer that the option issuer knows" : showAny(names);
  const slashOnly = typeof iss === "string" && names.some((name) => name === `${iss}/` || `${name}/` === iss);
  return {
    what:
      iss === undefined
        ? `This token names no issuer (iss); expected is ${expected}.`
        : `This token comes from the issuer ${show(iss)}; expected is ${expected}${slashOnly ? " (they differ by the final slash)" : ""}.`,
    found: show(iss),
    expected,
    fix: slashOnly
      ? "Have the issuer state one form only, or configure the issuer exactly as its tokens have it."
      : "Sign in at the expected issuer, or configure the one that made the token.",
  };
}

export function wrongAudience(
  ...[claim, value, accepted, isForItsApplication]: Facts["audience_wrong"]
): TokenErrorWords {
  const found = show(value);
  const expected = showAny(accepted);
  if (claim === "client_id") {
    return {
      what: `This token was given to the application ${found} (client_id or azp), expected is ${expected}.`,
      found,
      expected,
      fix: "Sign in with that application, or add this one to clientId.",
    };
  }
  return {
    what: `This token is not for this API: aud is ${found}, expected is ${expected}.`,
    found,
    expected,
    fix: audienceFix(value, isForItsApplication === true),
  };
}

function audienceFix(aud: unknown, isForItsApplication: boolean): string {
  if (isForItsApplication) {
    return "Its audience is the application itself, as in an ID token: send the access token instead.";
  }
  return aud === undefined || (Array.isArray(aud) && aud.length === 0)
    ? "Register the API at the issuer and pass its audience to the provider when signing in."
    : "Pass this API's audience to the provider when signing in, or configure the one that the token has.";
}
