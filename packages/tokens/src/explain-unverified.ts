import { ALGORITHMS } from "./algorithms.ts";
import { CHECKS } from "./checks/index.ts";
import type { Explanation } from "./explanation.ts";
import { verification, words } from "./parts.ts";
import { DEFAULT_TOLERANCE, type Settings } from "./settings.ts";

/** What {@link explainUnverified} takes. */
export interface UnverifiedOptions {
  /** The time in milliseconds since 1970. Default `Date.now`. */
  readonly clock?: () => number;
}

/**
 * Says of a token what can be said without knowing whose tokens are accepted: its form, algorithm, type and times. The
 * issuer, the audience and the signature are **not** checked, and nothing is fetched or sent. Never throws.
 */
export async function explainUnverified(jwt: string, options: UnverifiedOptions = {}): Promise<Explanation> {
  const algorithms = new Set(ALGORITHMS.keys());
  const settings: Settings = {
    issuers: { algorithms, listed: [], none: true, find: () => undefined },
    algorithms,
    clockTolerance: DEFAULT_TOLERANCE,
    maxTokenAge: undefined,
    requiredClaims: [],
    profile: undefined,
    schema: undefined,
    rule: undefined,
    cacheEntries: 0,
    now: options.clock ?? Date.now,
  };
  const [said, part] = await Promise.all([words.load(), verification.load()]);
  return said === undefined || part === undefined
    ? { ok: false, unverified: true, checks: [] }
    : said.explainUnverified(jwt, settings, CHECKS, part.keysOf);
}
