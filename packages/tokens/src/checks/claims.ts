import { causedBy, refusal } from "../refusal.ts";
import type { StandardResult } from "../standard-schema.ts";
import type { TokenError } from "../token-error.ts";
import { andThen, type Check, claimOf, jwsOf } from "./check.ts";

/** What RFC 9068 section 2.2 requires. */
const RFC9068_CLAIMS: readonly string[] = ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"];

/** Levels of objects and lists inside each other. Real claims have three or four. */
const DEEPEST = 64;

/** Are the claims there that must be, of the right type, and as the schema wants them? */
export const claims: Check = (examination) => {
  const { payload } = jwsOf(examination);
  const { profile, requiredClaims, schema } = examination.settings;
  // Text, wherever they occur: an object in their place could reach a database query.
  for (const name of ["sub", "jti", "client_id", "azp", "aud", "cnf"]) {
    const value = claimOf(examination, name);
    const good =
      value === undefined ||
      (name === "cnf"
        ? isObject(value)
        : isText(value) || (name === "aud" && Array.isArray(value) && value.every(isText)));
    if (!good) return refusal("claim_invalid", "type", name);
  }
  if (isDeeper(payload, DEEPEST)) return refusal("claim_invalid", "depth", DEEPEST);
  const missing = (names: readonly string[]): string | undefined =>
    names.find((name) => (claimOf(examination, name) ?? null) === null);
  const required = missing(requiredClaims);
  if (required !== undefined) return refusal("claim_missing", required, "requiredClaims");
  const profiled = profile === undefined ? undefined : missing(RFC9068_CLAIMS);
  if (profiled !== undefined) return refusal("claim_missing", profiled, "profile");
  examination.claims = payload;
  if (schema === undefined) return undefined;
  const settle = ({ issues, value }: Partial<StandardResult<object> & { value: object }>) => {
    if (issues !== undefined) return refusal("claim_invalid", "issues", issues);
    if (typeof value !== "object" || value === null)
      return broken(new TypeError("The schema gave no object."));
    examination.claims = value;
    return undefined;
  };
  try {
    const result = andThen(schema["~standard"].validate(payload), settle);
    return result instanceof Promise ? result.catch(broken) : result;
  } catch (error) {
    return broken(error);
  }
};

/** Whether anything is nested in more levels than these. It goes no deeper than that itself, however deep the claims are. */
function isDeeper(item: object, levels: number): boolean {
  if (levels === 0) return true;
  const members: unknown[] = Array.isArray(item) ? item : Object.values(item);
  for (const member of members) {
    if (typeof member === "object" && member !== null && isDeeper(member, levels - 1)) return true;
  }
  return false;
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function broken(cause: unknown): TokenError {
  return causedBy(cause, refusal("claim_invalid", "schema"));
}
