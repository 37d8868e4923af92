import { existsSync } from "node:fs";
import { IdentityError } from "./identity-error.ts";
import { encryptAtRest } from "./provider/encrypt-at-rest.ts";
import { type KeyState, keyState, PUBLISHED_AFTER } from "./provider/key-life.ts";
import {
  addNextKey,
  listKeys,
  readPrivateKey,
  removeKey,
  replaceKeyNow,
  type StoredKey,
} from "./provider/key-store.ts";
import { makeKey } from "./provider/signing-keys.ts";
import type { SigningAlgorithm } from "./settings/config.ts";
import { databaseFile, openData, readSecrets } from "./start-up.ts";

export interface SigningKeysOptions {
  /** Folder of the database. */
  dataDir: string;
  /** Encrypts keys at rest; the environment's `HALLPASS_SECRET` if not given. Only `rotate` needs it. */
  secret?: string;
  /** What keys may still be encrypted with; the environment's `HALLPASS_PREVIOUS_SECRET` if not given. */
  previousSecret?: string;
}

/** A key that tokens are signed with. All times are milliseconds since 1970. */
export interface SigningKeyDescription {
  kid: string;
  algorithm: SigningAlgorithm;
  /** `next`: published, signs later. `retired`: signs no more, published until the last token it signed has expired. */
  state: Exclude<KeyState, "removed">;
  createdAt: number;
  signsFrom: number;
  /** `null` while the key has no successor. */
  publishedUntil: number | null;
}

/** What a rotation did to the keys of one algorithm. */
export interface KeyRotation {
  algorithm: SigningAlgorithm;
  /** The successor. */
  kid: string;
  /** Milliseconds since 1970. */
  signsFrom: number;
  /** The keys that tokens were signed with until now. */
  replaces: string[];
  /** False when there was a successor already. */
  made: boolean;
}

/** The signing keys of a data folder, whether or not a server runs on it. */
export interface SigningKeys extends AsyncDisposable {
  /** The newest first. */
  list(): Promise<SigningKeyDescription[]>;
  /**
   * Gives each key a successor, which is published now and signs in an hour; with `now` it signs at once, and
   * verifiers meet a key that they have not seen before.
   *
   * @throws IdentityError `secret_wrong`
   */
  rotate(options?: { now?: boolean }): Promise<KeyRotation[]>;
  /**
   * Removes a key that does not sign: tokens that it signed are refused as soon as verifiers have fetched the keys
   * again. Without its successor a key goes on signing.
   *
   * @throws IdentityError `key_unknown`, `key_in_use`
   */
  retire(kid: string): Promise<SigningKeyDescription>;
  close(): Promise<void>;
}

/**
 * Opens the signing keys of a data folder. Servers that run on it follow within ten seconds.
 *
 * @throws IdentityError `data_missing`, `data_unwritable`, `data_corrupt`, `data_newer`, `data_busy`, `secret_wrong`
 */
export async function openSigningKeys(options: SigningKeysOptions): Promise<SigningKeys> {
  const { secret, previousSecret } = readSecrets(options);
  if (!existsSync(databaseFile(options.dataDir))) {
    throw new IdentityError(
      "data_missing",
      `There are no keys in ${options.dataDir}: no server has run on it yet. Name the data folder of the server.`,
    );
  }
  const db = await openData(options.dataDir);
  const published = async (now: number) =>
    (await listKeys(db)).filter((key) => keyState(key, now) !== "removed");
  const close = async () => db.close();

  return {
    list: async () => {
      const now = Date.now();
      return (await published(now)).map((key) => described(key, now));
    },

    async rotate({ now: atOnce = false } = {}) {
      await encryptAtRest(db, secret, previousSecret);
      const now = Date.now();
      const keys = await published(now);
      // A key that this secret does not open would not be opened by the server that made it either.
      for (const key of keys) readPrivateKey(key, secret);
      const rotations: KeyRotation[] = [];
      for (const last of keys.filter(({ stopsAt }) => stopsAt === null)) {
        const { algorithm } = last;
        const of = keys.filter((key) => key.algorithm === algorithm);
        const replaces = of.filter((key) => keyState(key, now) === "signing").map(({ kid }) => kid);
        let made = false;
        if (atOnce || keyState(last, now) === "signing") {
          const next = { key: await makeKey(algorithm), instanceSecret: secret, now: Date.now() };
          made = true;
          if (atOnce) await replaceKeyNow(db, next);
          else made = await addNextKey(db, last.kid, next);
        }
        const successor = (await listKeys(db)).find(
          (key) => key.algorithm === algorithm && key.stopsAt === null,
        );
        if (!successor) continue;
        const { kid, signsFrom } = successor;
        rotations.push({ algorithm, kid, signsFrom, replaces, made });
      }
      return rotations;
    },

    async retire(kid) {
      const now = Date.now();
      const key = (await published(now)).find((each) => each.kid === kid);
      if (!key) {
        throw new IdentityError(
          "key_unknown",
          "There is no published key with this kid. Those there are: hallpass keys list",
        );
      }
      if (keyState(key, now) === "signing") {
        throw new IdentityError(
          "key_in_use",
          "This key signs tokens at the moment. Put another in its place first: hallpass keys rotate --now",
        );
      }
      await removeKey(db, key, now);
      return described(key, now);
    },

    close,
    [Symbol.asyncDispose]: close,
  };
}

function described(key: StoredKey, now: number): SigningKeyDescription {
  const { kid, algorithm, createdAt, signsFrom, stopsAt } = key;
  return {
    kid,
    algorithm,
    state: keyState(key, now) as SigningKeyDescription["state"],
    createdAt,
    signsFrom,
    publishedUntil: stopsAt === null ? null : stopsAt + PUBLISHED_AFTER,
  };
}
