import { LONGEST_TOKEN_LIFETIME } from "../settings/config-schema.ts";

/**
 * Milliseconds that a key is published before it signs. Key sets may be kept for five minutes here; other verifiers
 * keep them longer than they are told, and one hour is what the slow ones among them need.
 */
export const PUBLISHED_BEFORE = 60 * 60 * 1000;

/** Clocks of other processes and of verifiers may be behind, in milliseconds. */
const MARGIN = 10 * 60 * 1000;

/** Milliseconds that a key stays published after its last signature: until the last token it signed has expired. */
export const PUBLISHED_AFTER = LONGEST_TOKEN_LIFETIME * 1000 + MARGIN;

/** `next` is published and does not sign yet; `retired` is published and signs no more; `removed` is not published. */
export type KeyState = "next" | "signing" | "retired" | "removed";

/** The times of a key, in milliseconds since 1970. All that a key is at a moment follows from them. */
export interface KeyTimes {
  signsFrom: number;
  /** `null` while no successor is known. */
  stopsAt: number | null;
}

export function keyState({ signsFrom, stopsAt }: KeyTimes, now: number): KeyState {
  if (stopsAt !== null && now >= stopsAt + PUBLISHED_AFTER) return "removed";
  if (stopsAt !== null && now >= stopsAt) return "retired";
  return now < signsFrom ? "next" : "signing";
}

/** The next moment at which a key changes its state; `Infinity` if it does not by itself. */
export function nextChange({ signsFrom, stopsAt }: KeyTimes, now: number): number {
  const moments = stopsAt === null ? [signsFrom] : [signsFrom, stopsAt, stopsAt + PUBLISHED_AFTER];
  return Math.min(...moments.filter((moment) => moment > now));
}
