import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** 48 of 62 characters: 285 bits, in a form that Kinde's SDKs accept. */
const LENGTH = 48;

/** How many secrets of one application are valid at a time: one, and the one that replaces it. */
export const MOST_SECRETS = 2;

const FORM = /^[a-zA-Z0-9]{40,60}$/;

/** A random secret has more than 20 different characters; fewer than these are no accident. */
const FEWEST_CHARACTERS = 10;

/** Makes a client secret of more than 256 random bits. */
export function newClientSecret(): string {
  let secret = "";
  while (secret.length < LENGTH) {
    for (const byte of randomBytes(LENGTH)) {
      // The bytes beyond a multiple of 62 would make the first characters likelier than the others.
      if (byte < 4 * ALPHABET.length && secret.length < LENGTH) secret += ALPHABET[byte % ALPHABET.length];
    }
  }
  return secret;
}

/** Whether a text can be a client secret: 40 to 60 letters and digits that somebody's dice may have thrown. */
export function isClientSecret(text: string): boolean {
  return FORM.test(text) && new Set(text).size >= FEWEST_CHARACTERS;
}

/**
 * What is kept of a secret. A plain SHA-256 is right here, and argon2 would not be: a random value of 256 bits
 * cannot be guessed however fast the guesses are, and a slow hash at the token endpoint is a lever to stop it with.
 * The client id is part of it, so that a row moved to another application opens nothing.
 */
export function hashClientSecret(clientId: string, secret: string): string {
  return createHash("sha256")
    .update(JSON.stringify([clientId, secret]))
    .digest("base64url");
}

const NO_HASH = hashClientSecret("", "");

/**
 * The place of the hash that a presented secret has, or `-1`. It takes the same steps whichever hash fits, whether
 * one does, and whether there are any.
 */
export function matchingSecret(clientId: string, secret: string, hashes: readonly string[]): number {
  const presented = Buffer.from(hashClientSecret(clientId, secret));
  let match = -1;
  for (let place = 0; place < MOST_SECRETS; place += 1) {
    const hash = hashes[place];
    const equal = timingSafeEqual(presented, Buffer.from(hash ?? NO_HASH));
    if (equal && hash !== undefined) match = place;
  }
  return match;
}
