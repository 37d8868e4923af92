import { ALGORITHMS } from "./algorithms.ts";
import type { JwtClaims } from "./claims/jwt-claims.ts";
import { type Issuers, noIssuers, readIssuers } from "./issuers.ts";
import { VerifierOptionError } from "./option-error.ts";
import { aFunction, refuseUnknownNames, seconds, stringList } from "./option-values.ts";
import type { StandardSchemaV1 } from "./standard-schema.ts";
import type { VerifiedToken } from "./verified-token.ts";
import type { RuleResult, VerifierOptions } from "./verifier-options.ts";

/** The options of a verifier, validated and with defaults filled in. */
export interface Settings {
  readonly issuers: Issuers;
  /** Accepted by any issuer; each issuer has its own list besides. */
  readonly algorithms: ReadonlySet<string>;
  readonly clockTolerance: number;
  readonly maxTokenAge: number | undefined;
  readonly requiredClaims: readonly string[];
  readonly profile: "rfc9068" | undefined;
  readonly schema: StandardSchemaV1<unknown, object> | undefined;
  readonly rule: ((token: VerifiedToken<JwtClaims>) => RuleResult | Promise<RuleResult>) | undefined;
  readonly cacheEntries: number;
  /** Milliseconds since 1970; NaN, which passes no check, when the clock fails. */
  readonly now: () => number;
}

const OPTION_NAMES: ReadonlySet<string> = new Set<keyof VerifierOptions>([
  "issuer",
  "tenants",
  "audience",
  "clientId",
  "jwksUri",
  "keys",
  "algorithms",
  "clockTolerance",
  "maxTokenAge",
  "requiredClaims",
  "profile",
  "claims",
  "rule",
  "dialect",
  "cache",
  "maxOutage",
  "clock",
  "fetch",
]);

/** Seconds. */
const DEFAULT_TOLERANCE = 5;
/** Seconds. */
const DEFAULT_OUTAGE = 24 * 3600;
const DEFAULT_CACHE_ENTRIES = 5000;
const MOST_CACHE_ENTRIES = 1_000_000;

/** Settings for what can be said of a token without knowing its issuer. */
export function settingsWithoutIssuer(now: () => number): Settings {
  return {
    issuers: noIssuers(new Set(ALGORITHMS.keys())),
    algorithms: new Set(ALGORITHMS.keys()),
    clockTolerance: DEFAULT_TOLERANCE,
    maxTokenAge: undefined,
    requiredClaims: [],
    profile: undefined,
    schema: undefined,
    rule: undefined,
    cacheEntries: 0,
    now,
  };
}

/**
 * Validates the options of a verifier.
 *
 * @throws {VerifierOptionError} naming the option, what it is and what it should be
 */
export function readOptions(options: VerifierOptions): Settings {
  if (typeof options !== "object" || options === null) {
    throw new VerifierOptionError("options", "must be an object such as { issuer, audience }.");
  }
  refuseUnknownNames(options, OPTION_NAMES, "");
  const clock = aFunction(options.clock, "clock", "a function that gives milliseconds") ?? Date.now;
  const now = (): number => {
    try {
      return clock();
    } catch {
      return Number.NaN;
    }
  };
  const fetching = aFunction(options.fetch, "fetch", "a function such as fetch");
  const issuers = readIssuers(options, {
    now,
    fetch: fetching ?? ((input, init) => globalThis.fetch(input, init)),
    maxOutage: seconds(options.maxOutage, "maxOutage") ?? DEFAULT_OUTAGE,
  });
  return {
    issuers,
    algorithms: issuers.algorithms,
    clockTolerance: seconds(options.clockTolerance, "clockTolerance") ?? DEFAULT_TOLERANCE,
    maxTokenAge: seconds(options.maxTokenAge, "maxTokenAge"),
    requiredClaims: stringList(options.requiredClaims, "requiredClaims", "names of claims") ?? [],
    profile: readProfile(options.profile),
    schema: readSchema(options.claims),
    rule: aFunction(options.rule, "rule", "a function") as Settings["rule"],
    cacheEntries: readCache(options.cache),
    now,
  };
}

function readProfile(value: unknown): "rfc9068" | undefined {
  if (value === undefined || value === "rfc9068") return value;
  throw new VerifierOptionError("profile", "must be 'rfc9068', or left out.");
}

function readSchema(value: unknown): Settings["schema"] {
  if (value === undefined) return undefined;
  const standard = (value as Partial<StandardSchemaV1> | null)?.["~standard"];
  if (typeof standard?.validate === "function") return value as Settings["schema"];
  throw new VerifierOptionError(
    "claims",
    "must be a Standard Schema, as zod 4, valibot 1 or arktype 2 make them. For names of claims use requiredClaims.",
  );
}

function readCache(value: unknown): number {
  if (value === undefined) return DEFAULT_CACHE_ENTRIES;
  if (value === false) return 0;
  const entries =
    typeof value === "object" && value !== null ? (value as { maxEntries?: unknown }).maxEntries : Number.NaN;
  if (entries === undefined) return DEFAULT_CACHE_ENTRIES;
  if (Number.isInteger(entries) && (entries as number) > 0 && (entries as number) <= MOST_CACHE_ENTRIES) {
    return entries as number;
  }
  throw new VerifierOptionError(
    "cache",
    `must be false or { maxEntries } with a whole number from 1 to ${MOST_CACHE_ENTRIES}.`,
  );
}
