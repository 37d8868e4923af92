import type { EndedSession } from "../back-channel/logout-queue.ts";
import type { Database } from "../database/index.ts";
import { entitiesOfUser, grantsOfSid, removeEntitiesOf, revokeGrant } from "./entity-store.ts";

interface SessionGrants {
  accountId?: string | undefined;
  authorizations?: Record<string, { sid?: string; grantId?: string }> | undefined;
}

/** What a session is at each application that it signed in to. */
export function applicationSessions({ accountId, authorizations }: SessionGrants): EndedSession[] {
  if (accountId === undefined) return [];
  return Object.entries(authorizations ?? {}).map(([clientId, { sid }]) => ({
    clientId,
    userId: accountId,
    sid: sid ?? null,
  }));
}

/** Ends what a session has granted: codes and refresh tokens of every application it signed in to. */
export async function endGrants(db: Database, session: SessionGrants): Promise<void> {
  for (const { grantId } of Object.values(session.authorizations ?? {})) {
    if (grantId) await revokeGrant(db, grantId);
  }
}

/**
 * Ends the grants behind one `sid`, which outlive a session that has expired.
 *
 * @returns whether there were any.
 */
export async function endGrantsOfSid(db: Database, sid: string): Promise<boolean> {
  const grants = await grantsOfSid(db, sid);
  for (const grantId of grants) await revokeGrant(db, grantId);
  return grants.length > 0;
}

/**
 * Ends everything a user is signed in with, in every browser and application. `notify` is given what the
 * applications are to be told before anything ends, so that a crash in between loses none of it.
 */
export async function endUserSessions(
  db: Database,
  userId: string,
  notify: (ended: readonly EndedSession[]) => Promise<void>,
): Promise<void> {
  const sessions = await entitiesOfUser(db, "Session", userId);
  await notify(sessions.flatMap(({ payload }) => applicationSessions(JSON.parse(payload) as SessionGrants)));
  await removeEntitiesOf(db, userId);
}
