import { sql } from "kysely";
import type { Migration } from "../migration.ts";

/** When a key begins and ends to sign. A key from before has signed since it was made. */
export const signingKeys: Migration = {
  name: "0007-signing-keys",
  async up(db) {
    await db.schema
      .alterTable("signing_keys")
      .addColumn("signs_from", "bigint", (c) => c.notNull().defaultTo(0))
      .execute();
    await db.schema.alterTable("signing_keys").addColumn("stops_at", "bigint").execute();
    await db
      .updateTable("signing_keys")
      .set({ signs_from: sql.ref("created_at") })
      .execute();
    await db.schema
      .alterTable("apis")
      .addColumn("signing_algorithm", "text", (c) => c.notNull().defaultTo("RS256"))
      .execute();
  },
};
