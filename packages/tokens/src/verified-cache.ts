import type { IssuerSettings } from "./issuer-settings.ts";
import type { PublicKey } from "./key-table.ts";
import type { VerifiedToken } from "./verified-token.ts";

/** A token that has passed every check, with what must still hold whenever it is used again. */
export interface CachedToken {
  readonly jwt: string;
  readonly token: VerifiedToken;
  readonly issuer: IssuerSettings;
  /** What the issuer was called when the token was found good. */
  readonly issuerName: string | undefined;
  readonly key: PublicKey;
  /**
   * When its time claims hold, in seconds since 1970. Whole seconds, because the engine keeps those inside the object,
   * and with thousands of tokens each look at another place in memory is what costs.
   */
  readonly from: number;
  readonly until: number;
}

/** Places for one token. Their tags fill one line of the processor's cache: looking at sixteen costs hardly more than at one. */
const WAYS = 16;

/** Characters of the signature that choose the place; they are as good as random. */
const HASHED = 12;

/** In a tag: the place is taken. So a tag is never 0, which means empty. */
const TAKEN = 1;
/** In a tag: the token was used again since it came, or since its neighbours all were. */
const USED = 2;

/**
 * The tokens that were found good, bounded. A few characters of the signature choose where a token may be; it is found
 * only if its whole text is equal. Nothing but verified tokens comes in, so nobody can fill it without being able to
 * sign. A token that was not used again gives way first, and among those chance decides: the oldest first would mean no
 * hits at all once slightly more tokens come in turn than fit.
 */
export class VerifiedCache {
  readonly #slots: (CachedToken | undefined)[];
  /** A part of each token's hash, so that only entries that are very likely equal are touched in memory. */
  readonly #tags: Int32Array;
  readonly #ways: number;
  readonly #sets: number;

  constructor(maxEntries: number) {
    this.#ways = Math.min(WAYS, maxEntries);
    this.#sets = Math.floor(maxEntries / this.#ways);
    this.#slots = new Array(this.#sets * this.#ways);
    this.#tags = new Int32Array(this.#sets * this.#ways);
  }

  find(jwt: string): CachedToken | undefined {
    const hash = hashOf(jwt);
    const tag = tagOf(hash);
    const first = this.#firstSlot(hash);
    for (let slot = first; slot < first + this.#ways; slot++) {
      const present = this.#tags[slot] as number;
      if ((present | USED) !== (tag | USED)) continue;
      const entry = this.#slots[slot];
      if (entry?.jwt !== jwt) continue;
      if (present === tag) this.#tags[slot] = tag | USED;
      return entry;
    }
    return undefined;
  }

  /** @param now seconds since 1970 */
  add(entry: CachedToken, now: number): void {
    const hash = hashOf(entry.jwt);
    const slot = this.#slotFor(entry, this.#firstSlot(hash), now);
    this.#slots[slot] = entry;
    this.#tags[slot] = tagOf(hash);
  }

  remove(entry: CachedToken): void {
    const first = this.#firstSlot(hashOf(entry.jwt));
    for (let slot = first; slot < first + this.#ways; slot++) {
      if (this.#slots[slot] !== entry) continue;
      this.#slots[slot] = undefined;
      this.#tags[slot] = 0;
    }
  }

  /** Where a new token goes: its own place, or an empty one, or that of a token that is over or was not used again. */
  #slotFor({ jwt }: CachedToken, first: number, now: number): number {
    const end = first + this.#ways;
    for (let slot = first; slot < end; slot++) {
      const present = this.#slots[slot];
      if (present === undefined || present.jwt === jwt || present.until < now) return slot;
    }
    const start = Math.floor(Math.random() * this.#ways);
    for (let step = 0; step < this.#ways; step++) {
      const slot = first + ((start + step) % this.#ways);
      if (((this.#tags[slot] as number) & USED) === 0) return slot;
    }
    for (let slot = first; slot < end; slot++) this.#tags[slot] = (this.#tags[slot] as number) & ~USED;
    return first + start;
  }

  #firstSlot(hash: number): number {
    return ((hash >>> 0) % this.#sets) * this.#ways;
  }
}

function hashOf(jwt: string): number {
  let hash = 0;
  for (let i = Math.max(0, jwt.length - HASHED); i < jwt.length; i++) {
    hash = (Math.imul(hash, 31) + jwt.charCodeAt(i)) | 0;
  }
  return hash;
}

function tagOf(hash: number): number {
  return (hash & ~USED) | TAKEN;
}
