import type { Algorithm } from "./algorithms.ts";
import type { FetchProblem } from "./fetch-json.ts";
import type { IssuerSettings } from "./issuer-settings.ts";
import { remoteKeySet } from "./key-set.ts";
import {
  buildKeyTable,
  findKeys,
  holdsKey,
  type KeyTable,
  type PublicKey,
  refuseUnknown,
} from "./key-table.ts";
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
  /** The keys at hand. */
  readonly table: KeyTable | undefined;
  /** Why the keys at hand could not be refreshed, and how old they are, in seconds. */
  readonly stale?: { readonly problem: FetchProblem; readonly age: number } | undefined;
  /** Finds keys, at once where they are at hand. */
  find(kid: string | undefined, algorithm: Algorithm): KeySearch | Promise<KeySearch>;
  /** Whether a key that was found before is still good, as far as is known without waiting. `now` in milliseconds. */
  holds(key: PublicKey, now: number): boolean;
  /** Gets keys and issuer if they are not there yet. Never fails. */
  prepare(): Promise<unknown>;
}

/** The keys of an issuer, made once. */
export function keysOf(issuer: IssuerSettings): KeySource {
  issuer.keys ??= makeKeys(issuer);
  return issuer.keys;
}

function makeKeys({ base, configured, algorithms, given, tools }: IssuerSettings): KeySource {
  const accepted = [...algorithms] as readonly Algorithm[];
  if (given !== undefined && !(given instanceof URL)) return staticKeys(configured, given, accepted);
  return remoteKeySet({ address: { base, configured }, jwksUri: given, algorithms: accepted, ...tools });
}

/** Keys given as data: nothing is ever fetched. */
function staticKeys(issuer: string, { keys }: JsonWebKeySet, algorithms: readonly Algorithm[]): KeySource {
  const built = buildKeyTable(keys, algorithms);
  let table = built instanceof Promise ? undefined : built;
  const ready = Promise.resolve(built).then((done) => (table = done));
  return {
    issuer,
    get table() {
      return table;
    },
    find(kid, algorithm) {
      const search = (done: KeyTable): KeySearch =>
        findKeys(done, kid, algorithm) ?? refuseUnknown(done, kid, algorithm);
      return table === undefined ? ready.then(search) : search(table);
    },
    holds: (key) => table !== undefined && holdsKey(table, key),
    prepare: () => ready,
  };
}
