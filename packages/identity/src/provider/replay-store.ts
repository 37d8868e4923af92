import type { Database } from "../database/index.ts";
import { idHash } from "./entity-store.ts";

const MODEL = "ReplayDetection";

/**
 * Remembers that something that is good once (the `jti` of a proof) was seen. One conditional INSERT, so that of
 * any number of processes one sees it first.
 *
 * @param expiresAt milliseconds since 1970, from when on it would be refused for its age.
 * @returns whether it was new.
 */
export async function seenFirst(
  db: Database,
  id: string,
  expiresAt: number,
  payload = "{}",
): Promise<boolean> {
  const values = {
    grant_id: null,
    uid: null,
    sid: null,
    account_id: null,
    payload,
    expires_at: expiresAt,
  };
  const result = await db
    .insertInto("provider_entities")
    .values({
      ...values,
      user_code_hash: null,
      model: MODEL,
      id_hash: idHash(id),
      consumed_at: null,
      successor_hash: null,
      successor_answer: null,
    })
    .onConflict((conflict) =>
      conflict
        .columns(["model", "id_hash"])
        .doUpdateSet(values)
        .where("provider_entities.expires_at", "<=", Date.now()),
    )
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}
