import type { Database } from "../database/index.ts";

/**
 * Puts an access token on the list of those that are refused, until it would have ended anyway.
 *
 * @param token.expiresAt milliseconds since 1970.
 */
export async function revokeAccessToken(
  db: Database,
  token: { jti: string; expiresAt: number },
): Promise<void> {
  await db
    .insertInto("revoked_tokens")
    .values({ jti: token.jti, expires_at: token.expiresAt })
    .onConflict((conflict) => conflict.column("jti").doNothing())
    .execute();
}

export async function isRevoked(db: Database, jti: string): Promise<boolean> {
  const row = await db.selectFrom("revoked_tokens").select("jti").where("jti", "=", jti).executeTakeFirst();
  return row !== undefined;
}
