import type { Selectable } from "kysely";
import type { Database } from "../database/index.ts";
import type { UsersTable } from "../database/schema.ts";
import { emailKey } from "./email.ts";
import type { User } from "./user.ts";

export async function findUser(db: Database, id: string): Promise<User | undefined> {
  const row = await db.selectFrom("users").selectAll().where("id", "=", id).executeTakeFirst();
  return row && userOf(row);
}

/** Finds by any spelling of the address. */
export async function findUserByEmail(db: Database, email: string): Promise<User | undefined> {
  const row = await db
    .selectFrom("users")
    .selectAll()
    .where("email_key", "=", emailKey(email))
    .executeTakeFirst();
  return row && userOf(row);
}

export interface ListUsersOptions {
  /** How many at most, 1 to 500; 50 if not given. */
  limit?: number;
  /** `next` of the page before. */
  after?: string;
}

/** Users in the order in which they were created; `next` is `null` on the last page. */
export async function listUsers(
  db: Database,
  options: ListUsersOptions = {},
): Promise<{ users: User[]; next: string | null }> {
  const limit = Math.min(500, Math.max(1, Math.trunc(options.limit ?? 50)));
  let query = db
    .selectFrom("users")
    .selectAll()
    .orderBy("created_at")
    .orderBy("id")
    .limit(limit + 1);
  if (options.after !== undefined) {
    const last = await db
      .selectFrom("users")
      .select(["created_at", "id"])
      .where("id", "=", options.after)
      .executeTakeFirst();
    if (!last) return { users: [], next: null };
    query = query.where((where) =>
      where.or([
        where("created_at", ">", last.created_at),
        where.and([where("created_at", "=", last.created_at), where("id", ">", last.id)]),
      ]),
    );
  }
  const rows = await query.execute();
  const page = rows.slice(0, limit);
  return { users: page.map(userOf), next: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
}

function userOf(row: Selectable<UsersTable>): User {
  return {
    id: row.id,
    email: row.email,
    emailVerified: row.email_verified === 1,
    givenName: row.given_name,
    familyName: row.family_name,
    name: [row.given_name, row.family_name].filter(Boolean).join(" ") || null,
    picture: row.picture,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
