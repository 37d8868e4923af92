/** How often sign-ins may be begun from one source. */
export interface StartLimit {
  /** Counts one; returns the seconds to wait if it was too many. */
  admit(source: string): number | undefined;
}

export interface StartLimitOptions {
  /** Sign-ins at once, and in each minute from then on. */
  perMinute: number;
  /** Sources that are remembered at most; 10,000 if not given. */
  mostSources?: number;
  /** Milliseconds; the system's clock if not given. */
  now?: () => number;
}

const MINUTE = 60_000;

/**
 * A token bucket for each source. Each sign-in that is begun is a row in the database, so whoever may begin any number
 * may fill the disk. Kept in memory: refusing must cost nothing, and a restart forgives a minute at most.
 */
export function createStartLimit({
  perMinute,
  mostSources = 10_000,
  now = Date.now,
}: StartLimitOptions): StartLimit {
  const interval = MINUTE / perMinute;
  // When the bucket of a source is full again. A full one is the same as none, so it need not be remembered.
  const fullAt = new Map<string, number>();

  return {
    admit(source) {
      const time = now();
      const full = Math.max(fullAt.get(source) ?? 0, time);
      const wait = full + interval - time - MINUTE;
      if (wait > 0) return Math.max(1, Math.ceil(wait / 1000));
      // Put at the end, so that those who have been quiet for longest are in front.
      fullAt.delete(source);
      fullAt.set(source, full + interval);
      for (const [oldest, when] of fullAt) {
        if (when > time && fullAt.size <= mostSources) break;
        fullAt.delete(oldest);
      }
      return undefined;
    },
  };
}
