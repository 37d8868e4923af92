import type { Algorithm } from "./algorithms.ts";
import { KeyTable, type PublicKey } from "./key-table.ts";
import type { TokenError } from "./token-error.ts";
import type { JsonWebKeySet } from "./verifier-options.ts";

/** Keys to try on a token, at least one; or why there are none. */
export type KeySearch = readonly PublicKey[] | TokenError;

/** Where the keys of one issuer come from. */
export interface KeySource {
  /** What `iss` must equal exactly; `undefined` until discovery has said it. */
  readonly issuer: string | undefined;
  /** Seconds by which this machine's clock is ahead of the issuer's (negative: behind), where that is noticeable. */
  readonly clockAhead?: number | undefined;
  /** What is wrong with the keys although they still serve, as the end of a sentence. */
  readonly trouble?: string | undefined;
  /** Finds keys, at once where they are at hand. */
  find(kid: string | undefined, algorithm: Algorithm): KeySearch | Promise<KeySearch>;
  /** Whether a key that was found before is still good, as far as is known without waiting. `now` in milliseconds. */
  holds(key: PublicKey, now: number): boolean;
  /** Gets keys and issuer if they are not there yet. Never fails. */
  prepare(): Promise<void>;
}

/** Keys given as data: nothing is ever fetched. */
export class StaticKeys implements KeySource {
  readonly issuer: string;
  #table: KeyTable | undefined;
  readonly #ready: Promise<KeyTable>;

  constructor(issuer: string, keys: JsonWebKeySet, algorithms: Iterable<Algorithm>) {
    this.issuer = issuer;
    const table = KeyTable.build(keys.keys, algorithms);
    if (table instanceof KeyTable) this.#table = table;
    this.#ready = Promise.resolve(table).then((built) => (this.#table = built));
  }

  get trouble(): string | undefined {
    return this.#table?.leftOut;
  }

  find(kid: string | undefined, algorithm: Algorithm): KeySearch | Promise<KeySearch> {
    const search = (table: KeyTable): KeySearch =>
      table.find(kid, algorithm) ?? table.refuseUnknown(kid, algorithm);
    return this.#table === undefined ? this.#ready.then(search) : search(this.#table);
  }

  holds(key: PublicKey): boolean {
    return this.#table?.has(key) === true;
  }

  async prepare(): Promise<void> {
    await this.#ready;
  }
}
