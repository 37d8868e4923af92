import type { Database } from "../database/index.ts";

/** How long a source stays known without a sign-in: 90 days, in milliseconds. */
const MEMORY = 90 * 24 * 3_600_000;

interface Seen {
  userId: string;
  /** As `sourceOf` names it. */
  source: string;
  /** Milliseconds since 1970. */
  now: number;
}

/** Whether this account has signed in from there lately. */
export async function isKnownSource(db: Database, { userId, source, now }: Seen): Promise<boolean> {
  const row = await db
    .selectFrom("known_sources")
    .select("last_seen_at")
    .where("user_id", "=", userId)
    .where("source_key", "=", source)
    .executeTakeFirst();
  return row !== undefined && row.last_seen_at > now - MEMORY;
}

/** Notes a sign-in with success, and forgets what is too old. */
export async function rememberSource(db: Database, { userId, source, now }: Seen): Promise<void> {
  await db
    .deleteFrom("known_sources")
    .where("user_id", "=", userId)
    .where("last_seen_at", "<=", now - MEMORY)
    .execute();
  await db
    .insertInto("known_sources")
    .values({ user_id: userId, source_key: source, last_seen_at: now })
    .onConflict((conflict) => conflict.columns(["user_id", "source_key"]).doUpdateSet({ last_seen_at: now }))
    .execute();
}
