import type { JwtClaims } from "./claims/jwt-claims.ts";
import { type Issuers, readIssuers } from "./issuers.ts";
import { checkOptions, listOf, OPTION_NAMES } from "./option-values.ts";
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

/** Seconds. */
export const DEFAULT_TOLERANCE = 5;
/** Seconds. */
const DEFAULT_OUTAGE = 24 * 3600;
const DEFAULT_CACHE_ENTRIES = 5000;

/**
 * Validates the options of a verifier.
 *
 * @throws {VerifierOptionError} naming the option, what it is and what it should be
 */
export function readOptions(options: VerifierOptions): Settings {
  checkOptions(options, OPTION_NAMES, "");
  const {
    clockTolerance = DEFAULT_TOLERANCE,
    maxOutage = DEFAULT_OUTAGE,
    clock = Date.now,
    fetch = (input, init) => globalThis.fetch(input, init),
    cache,
    maxTokenAge,
    profile,
    claims,
    rule,
  } = options;
  const now = (): number => {
    try {
      return clock();
    } catch {
      return Number.NaN;
    }
  };
  const issuers = readIssuers(options, { now, fetch, maxOutage });
  return {
    issuers,
    algorithms: issuers.algorithms,
    clockTolerance,
    maxTokenAge,
    requiredClaims: listOf(options.requiredClaims) ?? [],
    profile,
    schema: claims as Settings["schema"],
    rule: rule as Settings["rule"],
    cacheEntries: cache === false ? 0 : (cache?.maxEntries ?? DEFAULT_CACHE_ENTRIES),
    now,
  };
}
