import type { Database } from "../database/index.ts";
import { grantsOfSid, revokeGrant } from "./entity-store.ts";

interface SessionGrants {
  authorizations?: Record<string, { sid?: string; grantId?: string }> | undefined;
}

/** Ends what a session has granted: codes and refresh tokens of every application it signed in to. */
export async function endGrants(db: Database, session: SessionGrants): Promise<void> {
  for (const { grantId } of Object.values(session.authorizations ?? {})) {
    if (grantId) await revokeGrant(db, grantId);
  }
}

/** Ends the grants behind one `sid`, which outlive a session that has expired. */
export async function endGrantsOfSid(db: Database, sid: string): Promise<void> {
  for (const grantId of await grantsOfSid(db, sid)) await revokeGrant(db, grantId);
}
