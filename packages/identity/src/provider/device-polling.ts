import type { Database } from "../database/index.ts";
import { idHash } from "./entity-store.ts";

/** Seconds that a device waits between two requests (RFC 8628 section 3.2), and more after each `slow_down`. */
export const POLLING_INTERVAL = 5;

/** Milliseconds by which a request may be early: networks are not even. */
const LENIENCY = 1_000;

/**
 * Notes that a device asked about a code that nobody has decided on yet.
 *
 * @param lifetime seconds that the code has at most.
 * @param now milliseconds since 1970.
 * @returns whether it came too soon; the interval is then longer from now on (RFC 8628 section 3.5).
 */
export async function pollsTooSoon(
  db: Database,
  deviceCode: string,
  lifetime: number,
  now: number = Date.now(),
): Promise<boolean> {
  const hash = idHash(deviceCode);
  const inserted = await db
    .insertInto("device_polls")
    .values({
      device_hash: hash,
      interval: POLLING_INTERVAL,
      next_poll_at: now + POLLING_INTERVAL * 1000,
      expires_at: now + lifetime * 1000,
    })
    .onConflict((conflict) => conflict.column("device_hash").doNothing())
    .executeTakeFirst();
  if (inserted.numInsertedOrUpdatedRows === 1n) return false;
  const due = await db
    .updateTable("device_polls")
    .set((set) => ({ next_poll_at: set(set("interval", "*", 1000), "+", now) }))
    .where("device_hash", "=", hash)
    .where("next_poll_at", "<=", now + LENIENCY)
    .executeTakeFirst();
  if (due.numUpdatedRows === 1n) return false;
  await db
    .updateTable("device_polls")
    .set((set) => ({
      interval: set("interval", "+", POLLING_INTERVAL),
      next_poll_at: set(set("interval", "*", 1000), "+", now + POLLING_INTERVAL * 1000),
    }))
    .where("device_hash", "=", hash)
    .execute();
  return true;
}
