import { own } from "../claims/jwt-claims.ts";
import { show } from "../printable.ts";
import type { StandardIssue, StandardResult } from "../standard-schema.ts";
import { refusal, type TokenError } from "../token-error.ts";
import { type Check, type Examination, jwsOf, type Outcome } from "./check.ts";

/** What RFC 9068 section 2.2 requires. */
const RFC9068_CLAIMS = ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"] as const;

/** Registered claims that are text, wherever they occur: an object in their place could reach a database query. */
const TEXT_CLAIMS = ["sub", "jti", "client_id", "azp"] as const;

/** Levels of objects and lists inside each other. Real claims have three or four. */
const DEEPEST = 64;

/** Are the claims there that must be, of the right type, and as the schema wants them? */
export const claims: Check = {
  name: "claims",
  needs: ["form", "signature"],
  run(examination) {
    const { payload } = jwsOf(examination);
    const { profile, requiredClaims, schema } = examination.settings;
    for (const name of TEXT_CLAIMS) {
      const value = own(payload, name);
      if (value !== undefined && typeof value !== "string") return refuseNot(name, "a string");
    }
    const aud = own(payload, "aud");
    if (aud !== undefined && !isTextOrTexts(aud)) return refuseNot("aud", "a string or a list of strings");
    const cnf = own(payload, "cnf");
    if (cnf !== undefined && !isObject(cnf)) return refuseNot("cnf", "an object");
    if (isDeeper(payload, DEEPEST)) return refuseDeep();
    for (const name of requiredClaims)
      if (isAbsent(payload, name)) return refuseMissing(name, "requiredClaims");
    if (profile === "rfc9068") {
      for (const name of RFC9068_CLAIMS)
        if (isAbsent(payload, name)) return refuseMissing(name, "the profile rfc9068");
    }
    examination.claims = payload;
    if (schema === undefined) return undefined;
    let result: StandardResult<object> | Promise<StandardResult<object>>;
    try {
      result = schema["~standard"].validate(payload);
    } catch (error) {
      return refuseBrokenSchema(error);
    }
    return result instanceof Promise
      ? result.then((done) => settle(examination, done), refuseBrokenSchema)
      : settle(examination, result);
  },
  found: (examination) => {
    const cnf = own(jwsOf(examination).payload, "cnf");
    if (cnf === undefined) return "all there";
    const methods = Object.keys(cnf as object)
      .map(show)
      .join(", ");
    return `all there; bound to a key of its sender (cnf ${methods}), which whoever takes the token must check`;
  },
  expected: ({ settings }) => {
    const names = [...settings.requiredClaims, ...(settings.profile === "rfc9068" ? RFC9068_CLAIMS : [])];
    const wanted = names.length > 0 ? [names.join(", ")] : [];
    if (settings.schema !== undefined) wanted.push("claims that the schema accepts");
    return wanted.length > 0 ? wanted.join("; ") : undefined;
  },
};

function settle(examination: Examination, result: StandardResult<object>): Outcome {
  if (result.issues !== undefined) return refuseBySchema(result.issues);
  if (typeof result.value !== "object" || result.value === null) {
    return refuseBrokenSchema(new TypeError("The schema gave no object."));
  }
  examination.claims = result.value;
  return undefined;
}

function isAbsent(payload: object, name: string): boolean {
  const value = own(payload, name);
  return value === undefined || value === null;
}

function refuseMissing(name: string, who: string): TokenError {
  return refusal("claim_missing", `This token has no ${name}, which ${who} asks for.`, {
    found: "missing",
    expected: name,
    fix: `Have the issuer put ${name} into its access tokens.`,
  });
}

function refuseNot(name: string, wanted: string): TokenError {
  return refusal("claim_invalid", `The ${name} of this token is not ${wanted}.`, {
    found: `a ${name} that is not ${wanted}`,
    expected: wanted,
    fix: "Have the issuer write it as its RFC says (RFC 7519, RFC 7800).",
  });
}

function refuseDeep(): TokenError {
  return refusal("claim_invalid", `The claims of this token are nested more than ${DEEPEST} levels deep.`, {
    found: `more than ${DEEPEST} levels`,
    expected: `at most ${DEEPEST} levels of objects and lists`,
    fix: "Have the issuer write flatter claims.",
  });
}

/** Whether anything is nested in more levels than these. It goes no deeper than that itself, however deep the claims are. */
function isDeeper(item: object, levels: number): boolean {
  if (levels === 0) return true;
  const members: unknown[] = Array.isArray(item) ? item : Object.values(item);
  for (const member of members) {
    if (typeof member === "object" && member !== null && isDeeper(member, levels - 1)) return true;
  }
  return false;
}

function isTextOrTexts(value: unknown): boolean {
  return (
    typeof value === "string" || (Array.isArray(value) && value.every((item) => typeof item === "string"))
  );
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Names the places only: what schemas say about a value often quotes it, and it may be personal. */
function refuseBySchema(issues: readonly StandardIssue[]): TokenError {
  const places = [...new Set(issues.map(placeOf))].slice(0, 5).join(", ");
  return refusal("claim_invalid", `The claims of this token are not as the schema wants them: ${places}.`, {
    found: `something else in ${places}`,
    expected: "claims that the schema accepts",
    fix: "Have the issuer write these claims, or change the schema in the option claims.",
  });
}

function placeOf({ path = [] }: StandardIssue): string {
  const names = path.map((segment) => String(typeof segment === "object" ? segment.key : segment));
  const place = names
    .join(".")
    .slice(0, 60)
    .replace(/[^\x20-\x7e]|["\\]/g, "?");
  return place === "" ? "the claims as a whole" : place;
}

function refuseBrokenSchema(cause: unknown): TokenError {
  return refusal("claim_invalid", "The schema in the option claims could not be applied to this token.", {
    found: "a schema that threw",
    expected: "a schema that gives a value or issues",
    fix: "Mend the schema; the cause of this error says more.",
    cause,
  });
}
