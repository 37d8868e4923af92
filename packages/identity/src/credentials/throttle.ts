import { type Database, inTransaction } from "../database/index.ts";
import { hashedKey, sourceOf } from "./source.ts";

/** How fast one kind of attempt may fail. Times in milliseconds. */
export interface ThrottleRule {
  /** Failures that cost nothing. */
  free: number;
  /** Wait after the first failure beyond those; it doubles with each further one. */
  firstDelay: number;
  /** The longest wait. */
  longestDelay: number;
  /** From this many failures on the wait is `lateDelay`: NIST SP 800-63B-4 allows 100 in a row. */
  late?: number;
  lateDelay?: number;
  /** When a row is forgotten after its last failure. */
  memory: number;
}

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const DAY = 24 * HOUR;

/**
 * One account from one source; one account from all sources that have never signed in to it; one source at all.
 * Nobody is locked out for good: a stranger can make an account slow for other strangers only, and a day's wait
 * is the longest there is.
 */
export const SIGN_IN_RULES = {
  pair: { free: 10, firstDelay: 30 * SECOND, longestDelay: HOUR, late: 100, lateDelay: DAY, memory: DAY },
  account: {
    free: 20,
    firstDelay: 30 * SECOND,
    longestDelay: HOUR,
    late: 100,
    lateDelay: DAY,
    memory: 30 * DAY,
  },
  source: { free: 100, firstDelay: 30 * SECOND, longestDelay: HOUR, memory: HOUR },
} as const satisfies Record<string, ThrottleRule>;

const REGISTRATION_RULE: ThrottleRule = {
  free: 100,
  firstDelay: 60 * SECOND,
  longestDelay: HOUR,
  memory: HOUR,
};

/** Failures of one application from one source, and of any application from one source. */
export const CLIENT_RULES = {
  client: { free: 20, firstDelay: 30 * SECOND, longestDelay: HOUR, memory: DAY },
  source: { free: 200, firstDelay: 30 * SECOND, longestDelay: HOUR, memory: HOUR },
} as const satisfies Record<string, ThrottleRule>;

/** One counter that an attempt touches. */
export interface ThrottleKey {
  key: string;
  rule: ThrottleRule;
}

export type Admission = { admitted: true } | { admitted: false; retryAfter: number };

/**
 * Counts an attempt as failed before it is made, so that a thousand at once do not slip through together.
 * Success takes it back with {@link forgive} or {@link takeBack}.
 *
 * @param now milliseconds since 1970.
 * @returns whether the attempt may be made, or in how many seconds.
 */
export async function admit(db: Database, keys: readonly ThrottleKey[], now: number): Promise<Admission> {
  return await inTransaction(db, async (trx) => {
    await trx.deleteFrom("throttle").where("expires_at", "<=", now).execute();
    const rows = await trx
      .selectFrom("throttle")
      .selectAll()
      .where(
        "key",
        "in",
        keys.map(({ key }) => key),
      )
      .execute();
    const blockedUntil = Math.max(0, ...rows.map((row) => row.blocked_until));
    if (blockedUntil > now) {
      return { admitted: false, retryAfter: Math.ceil((blockedUntil - now) / SECOND) };
    }
    for (const { key, rule } of keys) {
      const failures = (rows.find((row) => row.key === key)?.failures ?? 0) + 1;
      const values = {
        failures,
        last_failure_at: now,
        blocked_until: now + delayAfter(failures, rule),
        expires_at: now + rule.memory,
      };
      await trx
        .insertInto("throttle")
        .values({ key, ...values })
        .onConflict((conflict) => conflict.column("key").doUpdateSet(values))
        .execute();
    }
    return { admitted: true };
  });
}

/** Forgets the failures of these counters. */
export async function forgive(db: Database, keys: readonly ThrottleKey[]): Promise<void> {
  const names = keys.map(({ key }) => key);
  await db.deleteFrom("throttle").where("key", "in", names).execute();
}

/** Undoes one {@link admit}, for an attempt that did not fail. */
export async function takeBack(db: Database, keys: readonly ThrottleKey[]): Promise<void> {
  await inTransaction(db, async (trx) => {
    for (const { key, rule } of keys) {
      const row = await trx.selectFrom("throttle").selectAll().where("key", "=", key).executeTakeFirst();
      if (!row) continue;
      const failures = Math.max(0, row.failures - 1);
      const delay = delayAfter(failures, rule);
      await trx
        .updateTable("throttle")
        .set({ failures, blocked_until: delay === 0 ? 0 : row.last_failure_at + delay })
        .where("key", "=", key)
        .execute();
    }
  });
}

/**
 * Bounds how many accounts one source may open.
 *
 * @param input.now milliseconds since 1970; the system's clock if not given.
 */
export async function admitRegistration(
  db: Database,
  input: { remoteAddress: string; now?: number },
): Promise<Admission> {
  const key = hashedKey("registration", sourceOf(input.remoteAddress));
  return await admit(db, [{ key, rule: REGISTRATION_RULE }], input.now ?? Date.now());
}

function delayAfter(failures: number, rule: ThrottleRule): number {
  if (rule.late !== undefined && rule.lateDelay !== undefined && failures >= rule.late) return rule.lateDelay;
  if (failures < rule.free) return 0;
  return Math.min(rule.longestDelay, rule.firstDelay * 2 ** (failures - rule.free));
}
