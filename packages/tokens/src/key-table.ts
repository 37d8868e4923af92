import { importKey } from "#platform";
import { ALGORITHMS, type Algorithm, type AlgorithmNeeds } from "./algorithms.ts";
import { fits, type KeyProblem, whyUnusable } from "./public-key.ts";
import { refusal } from "./refusal.ts";
import type { VerificationKey } from "./signature-seam.ts";
import type { TokenError } from "./token-error.ts";
import type { PublicJsonWebKey } from "./verifier-options.ts";

/** Keys of a set that are looked at. No issuer has more, and a flood of keys must not cost time. */
const MOST_KEYS = 100;

/** Keys that are tried on one token: more than one only where several share a `kid`, or where the token has none. */
const MOST_TRIED = 4;

/** A key that may verify tokens of one algorithm. The same object for as long as the issuer publishes the key. */
export interface PublicKey {
  readonly kid: string | undefined;
  readonly verification: VerificationKey;
  /** Tells keys apart across fetches. */
  readonly fingerprint: string;
}

/** The keys that an issuer publishes at one time, indexed. */
export interface KeyTable {
  /** By algorithm, then by kid; under `undefined` are all, for tokens without a kid. */
  readonly index: ReadonlyMap<string, ReadonlyMap<string | undefined, readonly PublicKey[]>>;
  /** Those that can be used, over all algorithms, by fingerprint. */
  readonly usable: ReadonlyMap<string, PublicKey>;
  /** What is wrong with those that cannot be used. */
  readonly problems: ReadonlyMap<string | undefined, KeyProblem>;
  readonly kids: ReadonlySet<string>;
  /** How many there are more than are looked at. */
  readonly ignored: number;
}

/**
 * Imports the keys of a JWKS for the given algorithms. What cannot be used is remembered with the reason and does not
 * harm its siblings. Keys that `previous` has are taken over, not imported again. Synchronous where importing is.
 */
export function buildKeyTable(
  keys: readonly unknown[],
  algorithms: Iterable<Algorithm>,
  previous?: KeyTable | undefined,
): KeyTable | Promise<KeyTable> {
  const index = new Map<string, Map<string | undefined, PublicKey[]>>();
  const usable = new Map<string, PublicKey>();
  const problems = new Map<string | undefined, KeyProblem>();
  const kids = new Set<string>();
  const imports: Promise<void>[] = [];

  const add = (key: PublicKey): void => {
    if (usable.has(key.fingerprint)) return;
    usable.set(key.fingerprint, key);
    const { algorithm } = key.verification;
    const byKid = index.get(algorithm) ?? new Map<string | undefined, PublicKey[]>();
    index.set(algorithm, byKid);
    for (const kid of new Set([key.kid, undefined])) byKid.set(kid, [...(byKid.get(kid) ?? []), key]);
  };

  for (const item of keys.slice(0, MOST_KEYS)) {
    if (typeof item !== "object" || item === null || Array.isArray(item)) continue;
    const jwk = item as PublicJsonWebKey;
    const kid = typeof jwk.kid === "string" ? jwk.kid : undefined;
    if (kid !== undefined) kids.add(kid);
    const problem = whyUnusable(jwk);
    if (problem !== undefined) {
      problems.set(kid, problem);
      continue;
    }
    const spoilt = (): void => void problems.set(kid, ["numbers"]);
    for (const algorithm of algorithms) {
      if (!fits(jwk, algorithm)) continue;
      const fingerprint = JSON.stringify([algorithm, kid, jwk.kty, jwk.crv, jwk.n, jwk.e, jwk.x, jwk.y]);
      const keep = (verification: VerificationKey): void => add({ kid, verification, fingerprint });
      const known = previous?.usable.get(fingerprint);
      if (known !== undefined) {
        add(known);
        continue;
      }
      try {
        const made = importKey(jwk, algorithm, ALGORITHMS.get(algorithm) as AlgorithmNeeds) as
          | VerificationKey
          | Promise<VerificationKey>;
        if (made instanceof Promise) imports.push(made.then(keep, spoilt));
        else keep(made);
      } catch {
        spoilt();
      }
    }
  }
  const table: KeyTable = { index, usable, problems, kids, ignored: Math.max(0, keys.length - MOST_KEYS) };
  return imports.length === 0 ? table : Promise.all(imports).then(() => table);
}

/** Whether the issuer still publishes this very key. */
export function holdsKey({ usable }: KeyTable, key: PublicKey): boolean {
  return usable.get(key.fingerprint) === key;
}

/**
 * The keys to try on a token, a refusal if the named key cannot be used, or `undefined` if it is not there (and might
 * be after a fetch).
 */
export function findKeys(
  table: KeyTable,
  kid: string | undefined,
  algorithm: Algorithm,
): readonly PublicKey[] | TokenError | undefined {
  const keys = table.index.get(algorithm)?.get(kid);
  if (keys !== undefined) {
    return keys.length <= MOST_TRIED ? keys : refusal("key_unknown", kid, algorithm, table, keys.length);
  }
  return kid !== undefined && table.kids.has(kid)
    ? refusal("key_unusable", kid, algorithm, table.problems.get(kid))
    : undefined;
}

/** The refusal for a key that the issuer does not publish. */
export function refuseUnknown(table: KeyTable, kid: string | undefined, algorithm: Algorithm): TokenError {
  return refusal("key_unknown", kid, algorithm, table);
}
