import type { Algorithm } from "./algorithms.ts";
import { secondsAhead } from "./clock-difference.ts";
import { type Discovered, discover } from "./discovery.ts";
import { FetchFailure, type FetchTerms, fetchJson } from "./fetch-json.ts";
import type { IssuerAddress } from "./issuer-address.ts";
import type { KeySearch, KeySource } from "./key-source.ts";
import { KeyTable, type PublicKey } from "./key-table.ts";
import { duration } from "./printable.ts";
import { refusal, type TokenError } from "./token-error.ts";

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

/** What a {@link RemoteKeySet} needs. */
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
export class RemoteKeySet implements KeySource {
  issuer: string | undefined;
  clockAhead: number | undefined;
  readonly #options: RemoteKeySetOptions;
  #discovered: Discovered | undefined;
  #discoveredAt = 0;
  /** Whether the keys were not where discovery said. */
  #moved = false;

  #table: KeyTable | undefined;
  /** The number of the load that gave the table; see `#started`. */
  #tableNumber = 0;
  #loadedAt = 0;
  #life = 0;

  #loading: Promise<void> | undefined;
  /** How many loads have been started. A load with a higher number than one noted earlier began after that. */
  #started = 0;

  #failures = 0;
  #failedAt = 0;
  #failure = "";
  #refetchedAt = Number.NEGATIVE_INFINITY;

  constructor(options: RemoteKeySetOptions) {
    this.#options = options;
    if (options.jwksUri !== undefined) {
      this.issuer = options.address.configured;
      this.#discovered = { issuer: this.issuer, jwksUris: [options.jwksUri] };
    }
  }

  find(kid: string | undefined, algorithm: Algorithm): KeySearch | Promise<KeySearch> {
    const now = this.#options.now();
    if (this.#servable(now)) {
      this.#refreshInBackground(now);
      const found = this.#table?.find(kid, algorithm);
      if (found !== undefined) return found;
      // Most of a flood of junk ends here, without the cost of a promise for each.
      const wait = left(now, this.#refetchedAt, REFETCH_INTERVAL);
      if (wait > 0 && this.#loading === undefined && this.#failures === 0) return refuseForNow(wait);
    }
    return this.#search(kid, algorithm);
  }

  holds(key: PublicKey, now: number): boolean {
    if (!this.#servable(now)) return false;
    this.#refreshInBackground(now);
    return this.#table?.has(key) === true;
  }

  async prepare(): Promise<void> {
    if (this.#servable(this.#options.now())) return;
    if (this.#loading === undefined && this.#backoffLeft() > 0) return;
    await this.#load();
  }

  get trouble(): string | undefined {
    const { leftOut } = this.#table ?? {};
    if (this.#failures === 0 || this.#table === undefined) return leftOut;
    const age = duration(Math.max(0, this.#options.now() - this.#loadedAt) / SECOND);
    const stale = `the keys are ${age} old and could not be refreshed: ${printable(this.#failure)}`;
    return leftOut === undefined ? stale : `${stale}; ${leftOut}`;
  }

  /** Looks for a key that is not at hand: waits for a fetch, starts one, or says when to come back. */
  async #search(kid: string | undefined, algorithm: Algorithm): Promise<KeySearch> {
    const arrival = this.#started;
    for (;;) {
      if (this.#loading === undefined) {
        const pause = this.#backoffLeft();
        if (pause > 0) return refuseUnavailable(this.#failure, pause);
        const table = this.#table;
        if (table !== undefined && this.#servable(this.#options.now())) {
          // Only a fetch begun after the token came can say that its key does not exist.
          if (this.#tableNumber > arrival) return table.refuseUnknown(kid, algorithm);
          const wait = this.#takeRefetch();
          if (wait > 0) return refuseForNow(wait);
        }
      }
      await this.#load();
      if (!this.#servable(this.#options.now())) return refuseUnavailable(this.#failure, this.#backoffLeft());
      const found = this.#table?.find(kid, algorithm);
      if (found !== undefined) return found;
    }
  }

  /** Whether the keys at hand may be used without waiting. */
  #servable(now: number): boolean {
    if (this.#table === undefined) return false;
    if (within(now, this.#loadedAt, this.#life)) return true;
    // A clock that was set back is no reason to forget keys that cannot be fetched again.
    const age = Math.abs(now - this.#loadedAt);
    return (
      this.#failures > 0 &&
      within(now, this.#failedAt, FAILURE_MEMORY) &&
      age < this.#options.maxOutage * SECOND
    );
  }

  #refreshInBackground(now: number): void {
    if (this.#loading !== undefined || within(now, this.#loadedAt, this.#life * REFRESH_AT)) return;
    if (this.#backoffLeft() === 0) void this.#load();
  }

  /** Milliseconds until the next attempt may be made; 0 when nothing has failed. */
  #backoffLeft(): number {
    if (this.#failures === 0) return 0;
    const backoff = Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** (this.#failures - 1));
    return left(this.#options.now(), this.#failedAt, backoff);
  }

  /** Takes the permission to fetch for an unknown kid: 0, or the milliseconds until there is one. */
  #takeRefetch(): number {
    const now = this.#options.now();
    const wait = left(now, this.#refetchedAt, REFETCH_INTERVAL);
    if (wait === 0) this.#refetchedAt = now;
    return wait;
  }

  /** Fetches, or joins the fetch under way. Never rejects. */
  #load(): Promise<void> {
    this.#loading ??= this.#fetchKeys().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #fetchKeys(): Promise<void> {
    const number = ++this.#started;
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), DEADLINE);
    const terms: FetchTerms = { fetch: this.#options.fetch, deadline: controller.signal };
    try {
      const { issuer, jwksUris } = await this.#discover(terms);
      this.#moved = true;
      const { keys, life, clockAhead } = await fetchKeySet(jwksUris, terms, this.#options.now);
      this.#moved = false;
      const table = await KeyTable.build(keys, this.#options.algorithms, this.#table);
      this.#table = table;
      this.#tableNumber = number;
      this.#loadedAt = this.#options.now();
      this.#life = life;
      this.clockAhead = clockAhead;
      this.issuer = issuer;
      this.#failures = 0;
    } catch (error) {
      this.#failures++;
      this.#failedAt = this.#options.now();
      this.#failure = error instanceof FetchFailure ? error.message : "they could not be read";
    } finally {
      clearTimeout(timer);
    }
  }

  async #discover(terms: FetchTerms): Promise<Discovered> {
    const known = this.#discovered;
    const now = this.#options.now();
    if (known !== undefined) {
      const fresh = within(now, this.#discoveredAt, DISCOVERY_LIFE);
      if (this.#options.jwksUri !== undefined || (fresh && !this.#moved)) return known;
      // Asked for at most every other time, so that a discovery document that hangs does not keep keys away.
      this.#moved = false;
      this.#discoveredAt = now;
    }
    try {
      this.#discovered = await discover(this.#options.address, terms);
    } catch (error) {
      if (known === undefined) throw error;
      return known;
    }
    this.#discoveredAt = now;
    return this.#discovered;
  }
}

async function fetchKeySet(
  urls: readonly URL[],
  terms: FetchTerms,
  now: () => number,
): Promise<{ keys: readonly unknown[]; life: number; clockAhead: number | undefined }> {
  for (const url of urls) {
    const sent = now();
    const answer = await fetchJson(url, terms);
    if (answer.status === "not_found") continue;
    const clockAhead = secondsAhead(answer.headers, sent, now());
    const keys = (answer.body as { keys?: unknown } | null)?.keys;
    if (!Array.isArray(keys))
      throw new FetchFailure(`${url.href} answered with JSON that has no list of keys`);
    if (keys.length > MOST_PUBLISHED) {
      throw new FetchFailure(`${url.href} answered with ${keys.length} keys, more than ${MOST_PUBLISHED}`);
    }
    return { keys, life: lifeOf(answer.headers.get("cache-control")), clockAhead };
  }
  throw new FetchFailure(`there is nothing at ${urls.map((url) => url.href).join(" or ")}`);
}

/** Milliseconds that keys stay fresh by the `Cache-Control` of their answer (RFC 9111 section 5.2.2), within bounds. */
function lifeOf(cacheControl: string | null): number {
  if (cacheControl === null) return DEFAULT_LIFE;
  if (/(?:^|[\s,])no-(?:store|cache)\b/i.test(cacheControl)) return SHORTEST_LIFE;
  const seconds = /(?:^|[\s,])max-age=(\d{1,10})/i.exec(cacheControl)?.[1];
  if (seconds === undefined) return DEFAULT_LIFE;
  return Math.min(LONGEST_LIFE, Math.max(SHORTEST_LIFE, Number(seconds) * SECOND));
}

/** Whether `now` is less than `span` after `since`. A clock that was set back counts as time passed. */
function within(now: number, since: number, span: number): boolean {
  return left(now, since, span) > 0;
}

/** What is left of `span` after `since`; never more than `span`, so that a clock that was set back blocks nothing. */
function left(now: number, since: number, span: number): number {
  const rest = since + span - now;
  return rest > 0 && rest <= span ? rest : 0;
}

function refuseUnavailable(why: string, pause: number): TokenError {
  return refusal("keys_unavailable", `The issuer's keys cannot be had: ${printable(why)}.`, {
    found: printable(why),
    expected: "the issuer's keys",
    fix: "Try again later; if it stays so, check the issuer's address and that this server can reach it.",
    retryAfter: seconds(pause),
  });
}

function refuseForNow(wait: number): TokenError {
  return refusal(
    "keys_unavailable",
    "The key of this token is not known, and keys were fetched a moment ago.",
    {
      found: "a kid that is not known yet",
      expected: "a key of the issuer",
      fix: "Try again in a few seconds: new keys are then looked for.",
      retryAfter: seconds(wait),
    },
  );
}

function seconds(milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds / SECOND));
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]|["\\]/g, "?");
}
