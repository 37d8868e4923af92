import type { Algorithm } from "./algorithms.ts";
import { secondsAhead } from "./clock-difference.ts";
import { type Discovered, discover } from "./discovery.ts";
import { FetchFailure, type FetchProblem, type FetchTerms, fetchJson } from "./fetch-json.ts";
import type { IssuerAddress } from "./issuer-address.ts";
import type { KeySearch, KeySource } from "./key-source.ts";
import { buildKeyTable, findKeys, holdsKey, type KeyTable, refuseUnknown } from "./key-table.ts";
import { refusal } from "./refusal.ts";
import type { TokenError } from "./token-error.ts";

const SECOND = 1000;
const HOUR = 3600 * SECOND;

/** For discovery and keys together, headers and bodies. */
const DEADLINE = 3 * SECOND;
/** How long keys count as fresh when the issuer does not say. */
const DEFAULT_LIFE = 600 * SECOND;
const SHORTEST_LIFE = 60 * SECOND;
const LONGEST_LIFE = 24 * HOUR;
/** The part of their life after which keys are fetched anew in the background. */
const REFRESH_AT = 0.75;
/** A set with more keys is no key set: it counts as a failure, so that the known keys serve on. */
const MOST_PUBLISHED = 1000;
const DISCOVERY_LIFE = 24 * HOUR;
/** One fetch per this time on account of unknown kids: a flood of junk tokens costs no more. */
const REFETCH_INTERVAL = 5 * SECOND;
const FIRST_BACKOFF = 1 * SECOND;
const LONGEST_BACKOFF = 30 * SECOND;
/** A failure older than this says nothing about the present: better to wait for a new answer than to trust old keys. */
const FAILURE_MEMORY = 2 * LONGEST_BACKOFF;

/** What {@link remoteKeySet} needs. */
export interface RemoteKeySetOptions {
  readonly address: IssuerAddress;
  /** Given: no discovery, and the configured issuer counts exactly. */
  readonly jwksUri?: URL | undefined;
  readonly algorithms: readonly Algorithm[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly fetch: typeof fetch;
  /** Seconds after the last success for which keys serve on while the issuer fails. */
  readonly maxOutage: number;
}

/**
 * The keys of an issuer over time. Known keys are served at once and refreshed in the background; whatever happens, at
 * most one fetch is under way. While the endpoint fails, known keys serve on for a bounded time; a key that the issuer
 * has removed is gone with the next successful fetch.
 */
export function remoteKeySet({
  address,
  jwksUri,
  algorithms,
  now,
  fetch,
  maxOutage,
}: RemoteKeySetOptions): KeySource {
  let issuer = jwksUri && address.configured;
  let clockAhead: number | undefined;
  let discovered: Discovered | undefined = jwksUri && { issuer: address.configured, jwksUris: [jwksUri] };
  let discoveredAt = 0;
  /** Whether the keys were not where discovery said. */
  let moved = false;

  let table: KeyTable | undefined;
  /** The number of the load that gave the table; see `started`. */
  let tableNumber = 0;
  let loadedAt = 0;
  let life = 0;

  let loading: Promise<void> | undefined;
  /** How many loads have been started. A load with a higher number than one noted earlier began after that. */
  let started = 0;

  let failures = 0;
  let failedAt = 0;
  let problem: FetchProblem = ["unknown"];
  let refetchedAt = Number.NEGATIVE_INFINITY;

  /** Whether the keys at hand may be used without waiting. */
  const isServable = (at: number): boolean => {
    if (table === undefined) return false;
    if (left(at, loadedAt, life) > 0) return true;
    // A clock that was set back is no reason to forget keys that cannot be fetched again.
    return (
      failures > 0 && left(at, failedAt, FAILURE_MEMORY) > 0 && Math.abs(at - loadedAt) < maxOutage * SECOND
    );
  };

  /** Milliseconds until the next attempt may be made; 0 when nothing has failed. */
  const backoffLeft = (): number =>
    failures === 0
      ? 0
      : left(now(), failedAt, Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** (failures - 1)));

  /** Fetches, or joins the fetch under way. Never rejects. */
  const load = (): Promise<void> =>
    (loading ??= fetchKeys().finally(() => {
      loading = undefined;
    }));

  const refreshInBackground = (at: number): void => {
    if (loading === undefined && left(at, loadedAt, life * REFRESH_AT) === 0 && backoffLeft() === 0) {
      void load();
    }
  };

  const fetchKeys = async (): Promise<void> => {
    const number = ++started;
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), DEADLINE);
    const terms: FetchTerms = { fetch, deadline: controller.signal };
    try {
      const place = await findPlace(terms);
      moved = true;
      const answer = await fetchKeySet(place.jwksUris, terms, now);
      moved = false;
      table = await buildKeyTable(answer.keys, algorithms, table);
      tableNumber = number;
      loadedAt = now();
      ({ life, clockAhead } = answer);
      ({ issuer } = place);
      failures = 0;
    } catch (error) {
      failures++;
      failedAt = now();
      problem = error instanceof FetchFailure ? error.problem : ["unknown"];
    } finally {
      clearTimeout(timer);
    }
  };

  const findPlace = async (terms: FetchTerms): Promise<Discovered> => {
    const known = discovered;
    const at = now();
    if (known !== undefined) {
      if (jwksUri !== undefined || (left(at, discoveredAt, DISCOVERY_LIFE) > 0 && !moved)) return known;
      // Asked for at most every other time, so that a discovery document that hangs does not keep keys away.
      moved = false;
      discoveredAt = at;
    }
    try {
      discovered = await discover(address, terms);
    } catch (error) {
      if (known === undefined) throw error;
      return known;
    }
    discoveredAt = at;
    return discovered;
  };

  /** Looks for a key that is not at hand: waits for a fetch, starts one, or says when to come back. */
  const search = async (kid: string | undefined, algorithm: Algorithm): Promise<KeySearch> => {
    const arrival = started;
    for (;;) {
      if (loading === undefined) {
        const pause = backoffLeft();
        if (pause > 0) return refuseFor(pause, problem);
        const at = now();
        if (table !== undefined && isServable(at)) {
          // Only a fetch begun after the token came can say that its key does not exist.
          if (tableNumber > arrival) return refuseUnknown(table, kid, algorithm);
          const wait = left(at, refetchedAt, REFETCH_INTERVAL);
          if (wait > 0) return refuseFor(wait, "recent");
          refetchedAt = at;
        }
      }
      await load();
      if (table === undefined || !isServable(now())) return refuseFor(backoffLeft(), problem);
      const found = findKeys(table, kid, algorithm);
      if (found !== undefined) return found;
    }
  };

  return {
    get issuer() {
      return issuer;
    },
    get clockAhead() {
      return clockAhead;
    },
    get table() {
      return table;
    },
    get stale() {
      return failures === 0 || table === undefined
        ? undefined
        : { problem, age: Math.max(0, now() - loadedAt) / SECOND };
    },
    find(kid, algorithm) {
      const at = now();
      if (table !== undefined && isServable(at)) {
        refreshInBackground(at);
        const found = findKeys(table, kid, algorithm);
        if (found !== undefined) return found;
        // Most of a flood of junk ends here, without the cost of a promise for each.
        const wait = left(at, refetchedAt, REFETCH_INTERVAL);
        if (wait > 0 && loading === undefined && failures === 0) return refuseFor(wait, "recent");
      }
      return search(kid, algorithm);
    },
    holds(key, at) {
      if (table === undefined || !isServable(at)) return false;
      refreshInBackground(at);
      return holdsKey(table, key);
    },
    async prepare() {
      if (isServable(now()) || (loading === undefined && backoffLeft() > 0)) return;
      await load();
    },
  };
}

async function fetchKeySet(
  urls: readonly URL[],
  terms: FetchTerms,
  now: () => number,
): Promise<{ keys: readonly unknown[]; life: number; clockAhead: number | undefined }> {
  for (const url of urls) {
    const sent = now();
    const answer = await fetchJson(url, terms);
    if (answer === undefined) continue;
    const { body, headers } = answer;
    const keys = (body as { keys?: unknown } | null)?.keys;
    if (!Array.isArray(keys)) throw new FetchFailure("noKeys", url.href);
    if (keys.length > MOST_PUBLISHED) {
      throw new FetchFailure("manyKeys", url.href, keys.length, MOST_PUBLISHED);
    }
    return {
      keys,
      life: lifeOf(headers.get("cache-control") ?? ""),
      clockAhead: secondsAhead(headers, sent, now()),
    };
  }
  throw new FetchFailure("nothing", urls.map(({ href }) => href).join(" or "));
}

/** Milliseconds that keys stay fresh by the `Cache-Control` of their answer (RFC 9111 section 5.2.2), within bounds. */
function lifeOf(cacheControl: string): number {
  if (/(?:^|[\s,])no-(?:store|cache)\b/i.test(cacheControl)) return SHORTEST_LIFE;
  const seconds = /(?:^|[\s,])max-age=(\d{1,10})/i.exec(cacheControl)?.[1];
  return seconds === undefined
    ? DEFAULT_LIFE
    : Math.min(LONGEST_LIFE, Math.max(SHORTEST_LIFE, Number(seconds) * SECOND));
}

/**
 * What is left of `span` after `since`; never more than `span`, so that a clock that was set back blocks nothing: it
 * counts as time passed.
 */
function left(now: number, since: number, span: number): number {
  const rest = since + span - now;
  return rest > 0 && rest <= span ? rest : 0;
}

/** @param pause in milliseconds */
function refuseFor(pause: number, why: FetchProblem | "recent"): TokenError {
  return refusal("keys_unavailable", Math.max(1, Math.ceil(pause / SECOND)), why);
}
