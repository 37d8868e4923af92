import { randomUUID } from "node:crypto";
import type { Database } from "../database/index.ts";
import type { LogoutNoticesTable } from "../database/migrations/0004-flows.ts";

/** A session at an application that is over. */
export interface EndedSession {
  clientId: string;
  userId: string;
  sid: string | null;
}

export type LogoutNotice = LogoutNoticesTable;

/**
 * Writes down which applications are to be told. Once this has returned they will be, whatever becomes of the
 * process. Applications that registered no address for it are left out.
 *
 * @param now milliseconds since 1970.
 */
export async function queueLogouts(
  db: Database,
  ended: readonly EndedSession[],
  now: number = Date.now(),
): Promise<void> {
  for (const { clientId, userId, sid } of ended) {
    const application = await db
      .selectFrom("applications")
      .select("client_id")
      .where("client_id", "=", clientId)
      .where("backchannel_logout_uri", "is not", null)
      .executeTakeFirst();
    if (!application) continue;
    await db
      .insertInto("logout_notices")
      .values({
        id: randomUUID(),
        client_id: clientId,
        user_id: userId,
        sid,
        created_at: now,
        attempts: 0,
        due_at: now,
      })
      .execute();
  }
}

/** Notices that are due, the oldest first. */
export async function dueLogouts(db: Database, limit: number, now: number): Promise<LogoutNotice[]> {
  return await db
    .selectFrom("logout_notices")
    .selectAll()
    .where("due_at", "<=", now)
    .orderBy("due_at")
    .limit(limit)
    .execute();
}

/**
 * Takes one on: it is due again only after `lease` milliseconds, for the case that this process dies over it. One
 * conditional UPDATE, so that of any number of processes one gets it.
 */
export async function claimLogout(
  db: Database,
  notice: LogoutNotice,
  lease: number,
  now: number,
): Promise<boolean> {
  const result = await db
    .updateTable("logout_notices")
    .set({ due_at: now + lease, attempts: notice.attempts + 1 })
    .where("id", "=", notice.id)
    .where("due_at", "=", notice.due_at)
    .where("attempts", "=", notice.attempts)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function postponeLogout(db: Database, id: string, dueAt: number): Promise<void> {
  await db.updateTable("logout_notices").set({ due_at: dueAt }).where("id", "=", id).execute();
}

export async function removeLogout(db: Database, id: string): Promise<void> {
  await db.deleteFrom("logout_notices").where("id", "=", id).execute();
}
