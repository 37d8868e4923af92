import { type Application, findApplication } from "../access/index.ts";
import type { Database } from "../database/index.ts";
import { findEntity } from "./entity-store.ts";

/** A sign-in that cannot go on, and the application to go back to if that is known. */
export interface ClosedSignIn {
  state: "finished" | "expired" | "cookie_missing" | "unknown";
  application: Application | undefined;
}

/** What became of a sign-in whose cookie did not come. */
export async function closedSignIn(db: Database, uid: string): Promise<ClosedSignIn> {
  const row = await findEntity(db, "Interaction", uid);
  if (!row) return { state: "unknown", application: undefined };
  const { params } = JSON.parse(row.payload) as { params?: { client_id?: string } };
  const application = params?.client_id ? await findApplication(db, params.client_id) : undefined;
  if (row.consumed_at !== null) return { state: "finished", application };
  return { state: row.expires_at <= Date.now() ? "expired" : "cookie_missing", application };
}
