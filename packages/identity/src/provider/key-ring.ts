import { createLocalJWKSet, type JWTVerifyGetKey } from "jose";
import type { Database } from "../database/index.ts";
import type { SigningAlgorithm } from "../settings/config.ts";
import type { Clock } from "./clock.ts";
import { keyState, nextChange, PUBLISHED_AFTER } from "./key-life.ts";
import {
  addFirstKey,
  addNextKey,
  forgetKeys,
  listKeys,
  readPrivateKey,
  type StoredKey,
  stopOtherAlgorithms,
} from "./key-store.ts";
import { makeKey, publicKey, type SigningKey } from "./signing-keys.ts";

const DAY = 86_400_000;

/** Milliseconds between two looks at the database: other processes and `hallpass keys` change the keys there. */
export const REFRESH_INTERVAL = 10_000;

/** The keys at a moment. The same object as long as no key changes its state. */
export interface Keys {
  /** All in the key set; of each algorithm the one that signs is the first. */
  readonly published: readonly SigningKey[];
  /** The key that signs with this algorithm now. */
  signing(algorithm: SigningAlgorithm): SigningKey;
  /** Finds the public key of a token that must be valid now. */
  readonly verifying: JWTVerifyGetKey;
  /** Finds the public key of an ID token that may have expired long ago, with a key that has left the key set since. */
  readonly remembered: JWTVerifyGetKey;
}

export interface KeyRing {
  current(): Keys;
  /**
   * Reads what is in the database now; makes and forgets keys when their time has come. To be called every
   * {@link REFRESH_INTERVAL}. When it fails the keys stay as they were.
   *
   * @throws IdentityError `secret_wrong`
   */
  refresh(): Promise<void>;
}

export interface KeyRingOptions {
  db: Database;
  instanceSecret: string | undefined;
  /** Those that tokens are signed with; a key is kept for each. */
  algorithms: readonly SigningAlgorithm[];
  /** Days. */
  rotateAfter: number;
  /** Seconds after its expiry for which an ID token may still say who wants to sign out. */
  hintLifetime: number;
  clock: Clock;
}

/**
 * The keys that tokens are signed with, the same in every process on one database: what a key is at a moment
 * follows from its times there, so that all processes change over at the same moment and none needs a restart.
 *
 * @throws IdentityError `secret_wrong`
 */
export async function openKeyRing(options: KeyRingOptions): Promise<KeyRing> {
  const { db, instanceSecret, algorithms, clock } = options;
  const opened = new Map<string, SigningKey>();
  let stored: StoredKey[] = [];
  let keys: Keys | undefined;
  let from = 0;
  let until = 0;
  let refreshing: Promise<void> | undefined;

  function open(found: StoredKey): SigningKey {
    const key = opened.get(found.kid) ?? readPrivateKey(found, instanceSecret);
    opened.set(found.kid, key);
    return key;
  }

  async function read(): Promise<void> {
    const found = await listKeys(db);
    // Everything is opened before anything changes: with the wrong secret the keys stay as they were.
    for (const key of found) open(key);
    if (sameKeys(found, stored)) return;
    for (const kid of opened.keys()) if (!found.some((key) => key.kid === kid)) opened.delete(kid);
    stored = found;
    keys = undefined;
  }

  /** Makes what is missing or due. Keys are made outside of the transaction: the write lock is not held for that. */
  async function maintain(): Promise<void> {
    const now = clock.now();
    let changed = false;
    for (const algorithm of algorithms) {
      const current = stored.find((key) => key.algorithm === algorithm && key.stopsAt === null);
      const due = current && now - current.signsFrom >= options.rotateAfter * DAY;
      if (current && !due) continue;
      const made = { key: await makeKey(algorithm), instanceSecret, now };
      if (current) await addNextKey(db, current.kid, made);
      else await addFirstKey(db, made);
      changed = true;
    }
    const forgotten = now - PUBLISHED_AFTER - options.hintLifetime * 1000;
    if (stored.some(({ stopsAt }) => stopsAt !== null && stopsAt < forgotten)) {
      await forgetKeys(db, forgotten);
      changed = true;
    }
    if (changed) await read();
  }

  async function refresh(): Promise<void> {
    refreshing ??= read()
      .then(maintain)
      .finally(() => {
        refreshing = undefined;
      });
    await refreshing;
  }

  await stopOtherAlgorithms(db, algorithms, clock.now());
  await refresh();
  return {
    refresh,
    current() {
      const now = clock.now();
      if (!keys || now < from || now >= until) {
        keys = keysAt(now, stored, open);
        from = now;
        until = Math.min(...stored.map((key) => nextChange(key, now)));
      }
      return keys;
    },
  };
}

function keysAt(now: number, stored: readonly StoredKey[], open: (key: StoredKey) => SigningKey): Keys {
  const inState = (...states: string[]) => stored.filter((key) => states.includes(keyState(key, now)));
  // A clock that was set back may be before all of them: then the earliest signs.
  const signers = [...inState("signing"), ...inState("next").reverse()];
  // There are clients that read the first key only, and ID tokens are RS256.
  const ofIdTokens = signers.filter(({ algorithm }) => algorithm === "RS256");
  const published = [...new Set([...ofIdTokens, ...signers, ...inState("next", "retired")])].map(open);
  const setOf = (some: readonly SigningKey[]) => createLocalJWKSet({ keys: some.map(publicKey) });
  return {
    published,
    verifying: setOf(published),
    remembered: setOf(stored.map(open)),
    signing(algorithm) {
      const signer = signers.find((key) => key.algorithm === algorithm);
      if (!signer) throw new Error(`there is no key for ${algorithm}`);
      return open(signer);
    },
  };
}

function sameKeys(some: readonly StoredKey[], others: readonly StoredKey[]): boolean {
  const text = (keys: readonly StoredKey[]) =>
    keys.map(({ kid, signsFrom, stopsAt }) => `${kid} ${signsFrom} ${stopsAt}`).join();
  return text(some) === text(others);
}
