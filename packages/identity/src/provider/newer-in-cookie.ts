import type { Database } from "../database/index.ts";
import { findEntity } from "./entity-store.ts";

/**
 * Whether a refresh token that a page sends is spent, and its browser's cookie has an unspent one of the same sign-in:
 * another tab was first. To count the page's own as stolen would sign the person out in every tab.
 */
export async function newerInCookie(db: Database, sent: string, kept: string): Promise<boolean> {
  if (sent === kept) return false;
  const [old, newer] = [
    await findEntity(db, "RefreshToken", sent),
    await findEntity(db, "RefreshToken", kept),
  ];
  if (!old || !newer || old.grant_id === null) return false;
  return old.consumed_at !== null && newer.consumed_at === null && old.grant_id === newer.grant_id;
}
