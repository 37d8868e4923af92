import { ALGORITHMS } from "./algorithms.ts";
import { parse, whyUnsafe } from "./issuer-address.ts";
import { VerifierOptionError } from "./option-error.ts";
import type { VerifierOptions } from "./verifier-options.ts";

/** Whether a value can be used, and what it must be, as the end of a sentence. */
type Demand = readonly [isGood: (value: unknown) => boolean, what: string];

const isFunction = (value: unknown): boolean => typeof value === "function";
const member = (value: unknown, name: string): unknown => (value as Record<string, unknown> | null)?.[name];
const isTexts = (value: unknown): boolean =>
  [value].flat().every((item) => typeof item === "string" && item !== "");

const texts: Demand = [isTexts, "a string or a list of strings, none of them empty"];
const seconds: Demand = [
  (value) => Number.isFinite(value) && (value as number) >= 0,
  "a number of seconds, not negative",
];

const MOST_CACHE_ENTRIES = 1_000_000;
const DIALECTS = "'kinde', 'auth0', 'keycloak', 'entra', 'cognito', 'logto', 'clerk', 'okta', 'oauth'";
const DIALECT_FUNCTIONS = "permissions, roles, scopes, organization, organizations, flags";

/** What each option must be. Those that every issuer of a list may have come first. */
const demands: Readonly<Record<keyof VerifierOptions, Demand>> = {
  issuer: [
    (value) => value !== null,
    "an address such as 'https://yourapp.kinde.com', a list of { issuer, audience }, or a function",
  ],
  tenants: texts,
  audience: [(value) => value === null || isTexts(value), texts[1]],
  clientId: texts,
  jwksUri: [
    (value) => {
      const url = parse(value as string);
      return url !== undefined && whyUnsafe(url) === undefined;
    },
    "a URL with https:// (http is for localhost only)",
  ],
  keys: [(value) => Array.isArray(member(value, "keys")), "a JWKS: an object { keys: [...] } of public keys"],
  algorithms: [
    (value) => [value].flat().length > 0 && [value].flat().every((item) => ALGORITHMS.has(item as string)),
    `of ${[...ALGORITHMS.keys()].join(", ")}, and not empty; shared secrets (HS256) are not supported`,
  ],
  dialect: [
    (value) =>
      typeof value === "string"
        ? DIALECTS.includes(`'${value}'`)
        : DIALECT_FUNCTIONS.split(", ").every((name) => isFunction(member(value, name))),
    `${DIALECTS}, or an object with the functions ${DIALECT_FUNCTIONS}`,
  ],
  clockTolerance: seconds,
  maxTokenAge: seconds,
  maxOutage: seconds,
  requiredClaims: texts,
  profile: [(value) => value === "rfc9068", "'rfc9068'"],
  claims: [
    (value) => isFunction(member(member(value, "~standard"), "validate")),
    "a Standard Schema, as zod 4, valibot 1 and arktype 2 make them",
  ],
  rule: [isFunction, "a function"],
  cache: [
    (value) => {
      const entries = member(value, "maxEntries");
      return (
        value === false ||
        (typeof value === "object" &&
          value !== null &&
          (entries === undefined ||
            (Number.isInteger(entries) &&
              (entries as number) > 0 &&
              (entries as number) <= MOST_CACHE_ENTRIES)))
      );
    },
    `false or { maxEntries } with a whole number from 1 to ${MOST_CACHE_ENTRIES}`,
  ],
  clock: [isFunction, "a function that gives milliseconds"],
  fetch: [isFunction, "a function such as fetch"],
};

/** The names of all options, and of those that one issuer of several may have. */
export const OPTION_NAMES: readonly string[] = Object.keys(demands);
export const ISSUER_OPTION_NAMES: readonly string[] = OPTION_NAMES.slice(0, 8);

/**
 * Complains about an option.
 *
 * @param message the rest of a sentence that starts with its name
 */
export function refuseOption(name: string, message: string): never {
  throw new VerifierOptionError(name, message);
}

/**
 * Refuses options that cannot be used, and names that are none: what is misspelt would otherwise silently not be checked.
 *
 * @param at where they stand among the options, such as `issuer[1].`
 * @throws {VerifierOptionError}
 */
export function checkOptions(options: object, names: readonly string[], at: string): void {
  if (typeof options !== "object" || options === null) {
    refuseOption(at.slice(0, -1) || "options", "must be an object such as { issuer, audience }.");
  }
  for (const [name, value] of Object.entries(options)) {
    if (!names.includes(name)) refuseOption(at + name, `is not an option. There are ${names.join(", ")}.`);
    const [isGood, what] = demands[name as keyof VerifierOptions];
    if (value !== undefined && !isGood(value)) refuseOption(at + name, `must be ${what}.`);
  }
}

/** One string or several as a list. */
export function listOf<T extends string>(value: T | readonly T[] | undefined): readonly T[] | undefined {
  return value === undefined ? undefined : ([value].flat() as T[]);
}
