import { parseCompactJws } from "../compact-jws.ts";
import { show, showAny } from "../printable.ts";
import { refusal, TokenError } from "../token-error.ts";
import { type Check, jwsOf } from "./check.ts";

/** Is it a signed JWT at all? */
export const form: Check = {
  name: "form",
  needs: [],
  run(examination) {
    const parsed = parseCompactJws(examination.jwt, examination.knownHeader);
    if (parsed instanceof TokenError) return parsed;
    examination.jws = parsed;
    return undefined;
  },
  found: () => "a signed JWT",
  expected: () => "a signed JWT",
};

/** Header members that change how a token must be read. None is implemented, so each one is refused by name. */
const READING_CHANGES: ReadonlyMap<string, string> = new Map([
  ["b64", "an unencoded payload (b64, RFC 7797)"],
  ["zip", "compression (zip)"],
]);

/** Does the header demand something that is not understood (RFC 7515 section 4.1.11)? */
export const criticalHeaders: Check = {
  name: "critical headers",
  needs: ["form"],
  run(examination) {
    const { header } = jwsOf(examination);
    if (Object.hasOwn(header, "crit")) {
      return refuseCritical(`crit ${show(header.crit)}`, "extensions that are not known here");
    }
    for (const [name, meaning] of READING_CHANGES) {
      if (Object.hasOwn(header, name)) return refuseCritical(`${name} ${show(header[name])}`, meaning);
    }
    return undefined;
  },
  found: () => "none",
  expected: () => "none",
};

function refuseCritical(found: string, meaning: string): TokenError {
  return refusal("critical_header_unknown", `The header of this token demands ${meaning}: ${found}.`, {
    found,
    expected: "no crit, b64 or zip in the header",
    fix: "Have the issuer make plain JWTs for this API.",
  });
}

/** Is the algorithm one that was configured? The token never decides (RFC 8725 section 3.1). */
export const algorithm: Check = {
  name: "algorithm",
  needs: ["form"],
  run(examination) {
    const { alg } = jwsOf(examination).header;
    if (typeof alg === "string" && examination.settings.algorithms.has(alg)) return undefined;
    const accepted = showAny([...examination.settings.algorithms]);
    return refusal("algorithm_not_allowed", `This token says alg ${show(alg)}; accepted is ${accepted}.`, {
      found: show(alg),
      expected: accepted,
      fix: algorithmFix(alg),
    });
  },
  found: (examination) => show(jwsOf(examination).header.alg),
  expected: ({ settings }) => showAny([...settings.algorithms]),
};

function algorithmFix(alg: unknown): string {
  if (typeof alg !== "string" || /^none$/i.test(alg)) {
    return "Unsigned tokens are never accepted: use a token of the issuer, unchanged.";
  }
  if (/^hs/i.test(alg))
    return "Have the issuer sign this API's tokens with RS256: shared secrets are not supported.";
  return "If the issuer signs with it, add it to the option algorithms.";
}
