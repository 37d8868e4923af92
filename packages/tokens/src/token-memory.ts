import { type Examination, exactName } from "./checks/check.ts";
import { timeWindow } from "./checks/time-window.ts";
import type { IssuerSettings } from "./issuer-settings.ts";
import type { KeySource } from "./key-source.ts";
import type { PublicKey } from "./key-table.ts";
import { type CachedToken, VerifiedCache } from "./verified-cache.ts";
import type { VerifiedToken } from "./verified-token.ts";

/** The tokens that were found good, and no others. */
export interface TokenMemory {
  /** A token that was found good before and still is. */
  recall(jwt: string, now: number): VerifiedToken | undefined;
  /** Keeps a token that has just passed every check. */
  remember(examination: Examination, token: VerifiedToken, now: number): void;
}

/** Times are in milliseconds since 1970. */
export function rememberTokens(maxEntries: number): TokenMemory {
  const cache = new VerifiedCache(maxEntries);
  return {
    recall(jwt, now) {
      const known = cache.find(jwt);
      if (known === undefined) return undefined;
      if (isStillGood(known, now)) return known.token;
      cache.remove(known);
      return undefined;
    },
    remember(examination, token, now) {
      const issuer = examination.issuer as IssuerSettings;
      // What is not asked again is left behind: with it an entry would take half as much again.
      const entry: CachedToken = {
        jwt: examination.jwt as string,
        token,
        issuer,
        issuerName: exactName(issuer),
        key: examination.key as PublicKey,
        ...timeWindow(examination),
      };
      cache.add(entry, now / 1000);
    },
  };
}

/** Whether what changes with time still holds: the time claims, the key and the issuer's name. */
function isStillGood({ issuer, issuerName, key, from, until }: CachedToken, now: number): boolean {
  const seconds = now / 1000;
  return (
    seconds >= from &&
    seconds < until &&
    (issuer.isAccepted?.() ?? true) &&
    (issuer.keys as KeySource).holds(key, now) &&
    exactName(issuer) === issuerName
  );
}
