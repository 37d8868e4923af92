import { readIssuerAddress } from "./issuer-address.ts";
import { type IssuerSettings, type IssuerTools, readIssuer } from "./issuer-settings.ts";
import type { FoundIssuer, Issuers } from "./issuers.ts";
import { inTime } from "./on-demand.ts";
import { checkOptions, ISSUER_OPTION_NAMES } from "./option-values.ts";
import { causedBy, refusal } from "./refusal.ts";
import type { TokenError } from "./token-error.ts";
import type { IssuerLookup, IssuerOptions, LookedUpIssuer } from "./verifier-options.ts";

/** Milliseconds for which an answer of the function counts. */
const ACCEPTED_LIFE = 600_000;
const REFUSED_LIFE = 60_000;
const FAILED_LIFE = 1000;

/** Names remembered, of each kind: whoever sends tokens can make names up. */
const MOST_ACCEPTED = 1000;
const MOST_REFUSED = 1000;
/** Questions under way at once. */
const MOST_PENDING = 100;
const LONGEST_NAME = 512;

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
export class IssuerLookups implements Pick<Issuers, "find"> {
  readonly #ask: IssuerLookup;
  readonly #defaults: Partial<IssuerOptions>;
  readonly #tools: IssuerTools;
  readonly #accepted = new Map<string, Accepted>();
  /** Names that are none of ours, or could not be looked up, and since when. */
  readonly #refused = new Map<string, { since: number; life: number; error: TokenError | undefined }>();
  readonly #pending = new Map<string, Promise<FoundIssuer>>();

  constructor(ask: IssuerLookup, defaults: Partial<IssuerOptions>, tools: IssuerTools) {
    this.#ask = ask;
    this.#defaults = defaults;
    this.#tools = tools;
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
    if (this.#pending.size >= MOST_PENDING) return refusal("keys_unavailable", 1, "lookups");
    const asked = this.#lookUp(iss).finally(() => this.#pending.delete(iss));
    this.#pending.set(iss, asked);
    return asked;
  }

  async #lookUp(iss: string): Promise<FoundIssuer> {
    try {
      const answer = await inTime(() => this.#ask(iss));
      if (answer === undefined || answer === null) return this.#refuse(iss, REFUSED_LIFE, undefined);
      return this.#accept(iss, answer);
    } catch (error) {
      return this.#refuse(iss, FAILED_LIFE, causedBy(error, refusal("keys_unavailable", 1, "lookup")));
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
    checkOptions(answer, ISSUER_OPTION_NAMES.slice(2), "issuer().");
    const settings = readIssuer({ ...this.#defaults, ...answer, issuer: iss }, "issuer().", this.#tools);
    this.#retire(iss);
    const accepted: Accepted = {
      settings: {
        ...settings,
        isAccepted: () => !accepted.retired && within(this.#tools.now(), accepted.since, ACCEPTED_LIFE),
      },
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
}

function isSame(a: LookedUpIssuer, b: LookedUpIssuer): boolean {
  if (a === b) return true;
  const { dialect: ofA, ...restOfA } = a;
  const { dialect: ofB, ...restOfB } = b;
  return ofA === ofB && JSON.stringify(restOfA) === JSON.stringify(restOfB);
}

/** A clock that was set back counts as time passed. */
function within(now: number, since: number, span: number): boolean {
  return now >= since && now < since + span;
}

function firstOf(map: ReadonlyMap<string, unknown>): string {
  return map.keys().next().value as string;
}
