import type { Migration } from "../migration.ts";

/** What is known about people or organizations beyond what every one of them has. */
export interface PropertiesTable {
  key: string;
  name: string;
  /** Whom it describes. */
  owner: "user" | "organization";
  /** 1 when tokens carry it. */
  in_tokens: 0 | 1;
}

/** The value of a property of a user, as JSON. */
export interface UserPropertiesTable {
  user_id: string;
  property_key: string;
  value: string;
}

/** The value of a property of an organization, as JSON. */
export interface OrganizationPropertiesTable {
  organization_code: string;
  property_key: string;
  value: string;
}

/** The tables of migration 0006. */
export interface PropertiesSchema {
  properties: PropertiesTable;
  user_properties: UserPropertiesTable;
  organization_properties: OrganizationPropertiesTable;
}

/** Properties, and whose each session, grant and token is, so that all of a person's can be ended. */
export const properties: Migration = {
  name: "0006-properties",
  async up(db) {
    await db.schema
      .createTable("properties")
      .addColumn("key", "text", (c) => c.primaryKey())
      .addColumn("name", "text", (c) => c.notNull())
      .addColumn("owner", "text", (c) => c.notNull())
      .addColumn("in_tokens", "integer", (c) => c.notNull())
      .execute();
    await db.schema
      .createTable("user_properties")
      .addColumn("user_id", "text", (c) => c.notNull().references("users.id").onDelete("cascade"))
      .addColumn("property_key", "text", (c) => c.notNull().references("properties.key").onDelete("cascade"))
      .addColumn("value", "text", (c) => c.notNull())
      .addPrimaryKeyConstraint("user_properties_pk", ["user_id", "property_key"])
      .execute();
    await db.schema
      .createTable("organization_properties")
      .addColumn("organization_code", "text", (c) =>
        c.notNull().references("organizations.code").onDelete("cascade"),
      )
      .addColumn("property_key", "text", (c) => c.notNull().references("properties.key").onDelete("cascade"))
      .addColumn("value", "text", (c) => c.notNull())
      .addPrimaryKeyConstraint("organization_properties_pk", ["organization_code", "property_key"])
      .execute();

    await db.schema.alterTable("provider_entities").addColumn("account_id", "text").execute();
    await db.schema
      .createIndex("provider_entities_by_account_id")
      .on("provider_entities")
      .column("account_id")
      .execute();
    const rows = await db.selectFrom("provider_entities").select(["model", "id_hash", "payload"]).execute();
    for (const { model, id_hash, payload } of rows) {
      const { accountId } = JSON.parse(payload) as { accountId?: string };
      if (accountId === undefined) continue;
      await db
        .updateTable("provider_entities")
        .set({ account_id: accountId })
        .where("model", "=", model)
        .where("id_hash", "=", id_hash)
        .execute();
    }
  },
};
