import { readIssuerAddress } from "./issuer-address.ts";
import { type IssuerSettings, type IssuerTools, readAlgorithms, readIssuer } from "./issuer-settings.ts";
import type { FoundIssuer, Issuers } from "./issuers.ts";
import type { KeySource } from "./key-source.ts";
import { VerifierOptionError } from "./option-error.ts";
import { refuseUnknownNames } from "./option-values.ts";
import { refusal, type TokenError } from "./token-error.ts";
import type { IssuerLookup, IssuerOptions, LookedUpIssuer } from "./verifier-options.ts";

/** Milliseconds for which an answer of the function counts. */
const ACCEPTED_LIFE = 600_000;
const REFUSED_LIFE = 60_000;
const FAILED_LIFE = 1000;
/** Milliseconds that the function may take. */
const DEADLINE = 3000;

/** Names remembered, of each kind: whoever sends tokens can make names up. */
const MOST_ACCEPTED = 1000;
const MOST_REFUSED = 1000;
/** Questions under way at once. */
const MOST_PENDING = 100;
const LONGEST_NAME = 512;

const NAMES: ReadonlySet<string> = new Set<keyof LookedUpIssuer>([
  "audience",
  "clientId",
  "jwksUri",
  "keys",
  "algorithms",
  "dialect",
]);

type Defaults = Pick<IssuerOptions, "audience" | "clientId" | "algorithms" | "dialect">;

interface Accepted {
  readonly settings: IssuerSettings;
  readonly answer: LookedUpIssuer;
  /** Milliseconds since 1970. */
  since: number;
  retired: boolean;
}

/**
 * Issuers that a function knows. Its answers are remembered, in bounds; after ten minutes it is asked again, also for
 * tokens that are in the cache. While the answer stays the same, the issuer keeps its keys.
 */
export class IssuerLookups implements Issuers {
  readonly algorithms: ReadonlySet<string>;
  readonly listed: readonly IssuerSettings[] = [];
  readonly #ask: IssuerLookup;
  readonly #defaults: Defaults;
  readonly #tools: IssuerTools;
  readonly #accepted = new Map<string, Accepted>();
  /** Names that are none of ours, or could not be looked up, and since when. */
  readonly #refused = new Map<string, { since: number; life: number; error: TokenError | undefined }>();
  readonly #pending = new Map<string, Promise<FoundIssuer>>();

  constructor(ask: IssuerLookup, defaults: Defaults, tools: IssuerTools) {
    this.#ask = ask;
    this.#defaults = defaults;
    this.#tools = tools;
    this.algorithms = new Set(readAlgorithms(defaults.algorithms, "algorithms"));
  }

  find(iss: string): FoundIssuer | Promise<FoundIssuer> {
    const now = this.#tools.now();
    const accepted = this.#accepted.get(iss);
    if (accepted !== undefined && within(now, accepted.since, ACCEPTED_LIFE)) return accepted.settings;
    const refused = this.#refused.get(iss);
    if (refused !== undefined && within(now, refused.since, refused.life)) return refused.error;
    if (iss.length > LONGEST_NAME || typeof readIssuerAddress(iss) === "string") return undefined;

    const pending = this.#pending.get(iss);
    if (pending !== undefined) return pending;
    if (this.#pending.size >= MOST_PENDING) return refuseForNow("too many are being looked up", undefined);
    const asked = this.#lookUp(iss).finally(() => this.#pending.delete(iss));
    this.#pending.set(iss, asked);
    return asked;
  }

  async #lookUp(iss: string): Promise<FoundIssuer> {
    try {
      const answer = await inTime(this.#ask(iss));
      if (answer === undefined || answer === null) return this.#refuse(iss, REFUSED_LIFE, undefined);
      return this.#accept(iss, answer);
    } catch (error) {
      return this.#refuse(iss, FAILED_LIFE, refuseForNow("the function in the option issuer failed", error));
    }
  }

  #refuse(iss: string, life: number, error: TokenError | undefined): TokenError | undefined {
    if (error === undefined) this.#retire(iss);
    this.#refused.delete(iss);
    this.#refused.set(iss, { since: this.#tools.now(), life, error });
    if (this.#refused.size > MOST_REFUSED) this.#refused.delete(firstOf(this.#refused));
    return error;
  }

  #accept(iss: string, answer: LookedUpIssuer): IssuerSettings {
    this.#refused.delete(iss);
    const known = this.#accepted.get(iss);
    if (known !== undefined && isSame(known.answer, answer)) {
      known.since = this.#tools.now();
      return known.settings;
    }
    if (typeof answer !== "object") {
      throw new VerifierOptionError(
        "issuer",
        "must be a function that gives an object such as { audience }, or nothing.",
      );
    }
    refuseUnknownNames(answer, NAMES, "issuer().");
    const settings = readIssuer({ ...this.#defaults, ...answer, issuer: iss }, "issuer().", this.#tools);
    this.#retire(iss);
    const accepted: Accepted = {
      settings: { ...settings, keys: this.#whileAccepted(settings.keys, () => accepted) },
      answer,
      since: this.#tools.now(),
      retired: false,
    };
    this.#accepted.set(iss, accepted);
    if (this.#accepted.size > MOST_ACCEPTED) this.#retire(firstOf(this.#accepted));
    return accepted.settings;
  }

  #retire(iss: string): void {
    const accepted = this.#accepted.get(iss);
    if (accepted !== undefined) accepted.retired = true;
    this.#accepted.delete(iss);
  }

  /** The keys of an issuer, which hold no token in the cache longer than the function's answer counts. */
  #whileAccepted(keys: KeySource, entry: () => Accepted): KeySource {
    return {
      get issuer() {
        return keys.issuer;
      },
      get clockAhead() {
        return keys.clockAhead;
      },
      get trouble() {
        return keys.trouble;
      },
      find: (kid, algorithm) => keys.find(kid, algorithm),
      holds: (key, at) => !entry().retired && within(at, entry().since, ACCEPTED_LIFE) && keys.holds(key, at),
      prepare: () => keys.prepare(),
    };
  }
}

function isSame(a: LookedUpIssuer, b: LookedUpIssuer): boolean {
  if (a === b) return true;
  const { dialect: ofA, ...restOfA } = a;
  const { dialect: ofB, ...restOfB } = b;
  return ofA === ofB && JSON.stringify(restOfA) === JSON.stringify(restOfB);
}

function inTime<T>(answer: T | Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("It did not answer in time.")), DEADLINE);
    Promise.resolve(answer)
      .finally(() => clearTimeout(timer))
      .then(resolve, reject);
  });
}

/** A clock that was set back counts as time passed. */
function within(now: number, since: number, span: number): boolean {
  return now >= since && now < since + span;
}

function firstOf(map: ReadonlyMap<string, unknown>): string {
  return map.keys().next().value as string;
}

function refuseForNow(why: string, cause: unknown): TokenError {
  return refusal(
    "keys_unavailable",
    `Whether the issuer of this token is accepted cannot be said now: ${why}.`,
    {
      found: why,
      expected: "an answer of the function in the option issuer",
      fix: "Try again in a moment; if it stays so, see why that function fails.",
      retryAfter: 1,
      cause,
    },
  );
}
