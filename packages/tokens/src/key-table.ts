import { importKey } from "#signature";
import type { Algorithm } from "./algorithms.ts";
import { show } from "./printable.ts";
import { fits, whyUnusable } from "./public-key.ts";
import type { VerificationKey } from "./signature-seam.ts";
import { refusal, type TokenError } from "./token-error.ts";
import type { PublicJsonWebKey } from "./verifier-options.ts";

/** Keys of a set that are looked at. No issuer has more, and a flood of keys must not cost time. */
const MOST_KEYS = 100;

/** Keys that are tried on one token: more than one only where several share a `kid`, or where the token has none. */
const MOST_TRIED = 4;

/** Reasons that are told at once. */
const MOST_REASONS = 3;

/** A key that may verify tokens of one algorithm. The same object for as long as the issuer publishes the key. */
export interface PublicKey {
  readonly kid: string | undefined;
  readonly verification: VerificationKey;
  /** Tells keys apart across fetches. */
  readonly fingerprint: string;
}

/** The keys that an issuer publishes at one time, indexed. */
export class KeyTable {
  readonly #byAlgorithm = new Map<string, Map<string | undefined, PublicKey[]>>();
  readonly #keys = new Map<string, PublicKey>();
  /** What is wrong with those that cannot be used. */
  readonly #problems = new Map<string | undefined, string>();
  readonly #kids = new Set<string>();
  readonly #ignored: number;

  private constructor(total: number) {
    this.#ignored = Math.max(0, total - MOST_KEYS);
  }

  /**
   * Imports the keys of a JWKS for the given algorithms. What cannot be used is remembered with the reason and does not
   * harm its siblings. Keys that `previous` has are taken over, not imported again. Synchronous where importing is.
   */
  static build(
    keys: readonly unknown[],
    algorithms: Iterable<Algorithm>,
    previous?: KeyTable | undefined,
  ): KeyTable | Promise<KeyTable> {
    const table = new KeyTable(keys.length);
    const imports: Promise<void>[] = [];
    for (const jwk of keys.slice(0, MOST_KEYS)) {
      if (typeof jwk !== "object" || jwk === null || Array.isArray(jwk)) continue;
      imports.push(...table.#add(jwk as PublicJsonWebKey, algorithms, previous));
    }
    return imports.length === 0 ? table : Promise.all(imports).then(() => table);
  }

  #add(jwk: PublicJsonWebKey, algorithms: Iterable<Algorithm>, previous?: KeyTable): Promise<void>[] {
    const kid = typeof jwk.kid === "string" ? jwk.kid : undefined;
    if (kid !== undefined) this.#kids.add(kid);
    const problem = whyUnusable(jwk);
    if (problem !== undefined) {
      this.#problems.set(kid, problem);
      return [];
    }
    const imports: Promise<void>[] = [];
    for (const algorithm of algorithms) {
      if (!fits(jwk, algorithm)) continue;
      const fingerprint = JSON.stringify([algorithm, kid, jwk.kty, jwk.crv, jwk.n, jwk.e, jwk.x, jwk.y]);
      const known = previous === undefined ? undefined : previous.#keys.get(fingerprint);
      if (known !== undefined) {
        this.#index(known);
        continue;
      }
      try {
        const made = importKey(jwk, algorithm) as VerificationKey | Promise<VerificationKey>;
        if (made instanceof Promise) {
          imports.push(
            made.then(
              (verification) => this.#index({ kid, verification, fingerprint }),
              () => this.#spoilt(kid),
            ),
          );
        } else {
          this.#index({ kid, verification: made, fingerprint });
        }
      } catch {
        this.#spoilt(kid);
      }
    }
    return imports;
  }

  #index(key: PublicKey): void {
    if (this.#keys.has(key.fingerprint)) return;
    this.#keys.set(key.fingerprint, key);
    const algorithm = key.verification.algorithm;
    let byKid = this.#byAlgorithm.get(algorithm);
    if (byKid === undefined) {
      byKid = new Map();
      this.#byAlgorithm.set(algorithm, byKid);
    }
    // Under `undefined` are all keys, for tokens without a kid.
    for (const kid of key.kid === undefined ? [undefined] : [key.kid, undefined]) {
      const keys = byKid.get(kid);
      if (keys === undefined) byKid.set(kid, [key]);
      else keys.push(key);
    }
  }

  #spoilt(kid: string | undefined): void {
    this.#problems.set(kid, "its numbers do not make a key");
  }

  /** Whether the issuer still publishes this very key. */
  has(key: PublicKey): boolean {
    return this.#keys.get(key.fingerprint) === key;
  }

  /**
   * The keys to try on a token, a refusal if the named key cannot be used, or `undefined` if it is not there (and might
   * be after a fetch).
   */
  find(kid: string | undefined, algorithm: Algorithm): readonly PublicKey[] | TokenError | undefined {
    const keys = this.#byAlgorithm.get(algorithm)?.get(kid);
    if (keys !== undefined && keys.length <= MOST_TRIED) return keys;
    if (keys !== undefined) return refuseAmbiguous(kid, keys.length);
    if (kid === undefined || !this.#kids.has(kid)) return undefined;
    const problem = this.#problems.get(kid) ?? `it is not for ${algorithm}, which the token says`;
    return refusal("key_unusable", `The key that signed this token cannot be used: ${problem}.`, {
      found: `key ${show(kid)}: ${problem}`,
      expected: `a public key for ${algorithm}`,
      fix: "Replace the key at the issuer, or configure the algorithm that it is for.",
    });
  }

  /** Which of the issuer's keys are not used, and why, as the end of a sentence; nothing if all are. */
  get leftOut(): string | undefined {
    const reasons = [...this.#problems].map(
      ([kid, why]) => `${kid === undefined ? "a key without kid" : `key ${show(kid)}`}: ${why}`,
    );
    if (this.#ignored > 0) reasons.push(`${this.#ignored} more than ${MOST_KEYS} are not read`);
    if (reasons.length === 0) return undefined;
    const shown = reasons.slice(0, MOST_REASONS);
    if (reasons.length > shown.length) shown.push(`${reasons.length - shown.length} more`);
    return `not used of the issuer's keys: ${shown.join("; ")}`;
  }

  /** The refusal for a key that the issuer does not publish. */
  refuseUnknown(kid: string | undefined, algorithm: Algorithm): TokenError {
    return refusal("key_unknown", () => {
      const { leftOut } = this;
      const besides = leftOut === undefined ? "" : ` (${leftOut})`;
      if (kid === undefined) {
        return {
          what: `This token names no key, and the issuer has none for ${algorithm}${besides}.`,
          found: "no kid",
          expected: `a kid of a published key for ${algorithm}${besides}`,
          fix: "Have the issuer write the kid of its key into the header.",
        };
      }
      return {
        what: `The key that signed this token is not among the issuer's keys${besides}.`,
        found: `kid ${show(kid)}`,
        expected: `${this.#kids.size === 1 ? "the issuer's key" : `one of the issuer's ${this.#kids.size} keys`}${besides}`,
        fix: "Sign in again; if that does not help, the token comes from another issuer or environment.",
      };
    });
  }

  /** How many keys can be used, over all algorithms. */
  get size(): number {
    return this.#keys.size;
  }
}

function refuseAmbiguous(kid: string | undefined, count: number): TokenError {
  return refusal(
    "key_unknown",
    `This token could be of any of ${count} keys, and at most ${MOST_TRIED} are tried.`,
    {
      found: kid === undefined ? "no kid" : `kid ${show(kid)}, which ${count} keys have`,
      expected: "a kid that names one key",
      fix: "Have the issuer give each key a kid of its own and write it into the header.",
    },
  );
}
