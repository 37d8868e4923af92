import type { Database } from "../database/index.ts";
import type { PropertyValue } from "./config.ts";
import type { Settings } from "./settings.ts";

/** Makes the properties that there are, and those of the organizations, follow the settings. */
export async function applyProperties(trx: Database, settings: Settings): Promise<void> {
  const { properties, organizations } = settings;
  const keys = properties.map(({ key }) => key);
  await trx
    .deleteFrom("properties")
    .where("key", "not in", keys.length === 0 ? [""] : keys)
    .execute();
  for (const { key, name, of: owner, inTokens } of properties) {
    const values = { name, owner, in_tokens: inTokens ? 1 : 0 } as const;
    await trx
      .insertInto("properties")
      .values({ key, ...values })
      .onConflict((conflict) => conflict.column("key").doUpdateSet(values))
      .execute();
  }
  for (const { code, properties: values } of organizations) {
    await trx.deleteFrom("organization_properties").where("organization_code", "=", code).execute();
    for (const [property_key, value] of Object.entries(values)) {
      await trx
        .insertInto("organization_properties")
        .values({ organization_code: code, property_key, value: JSON.stringify(value) })
        .execute();
    }
  }
}

/** Makes the properties of a user follow the settings. */
export async function replaceUserProperties(
  trx: Database,
  userId: string,
  properties: Readonly<Record<string, PropertyValue>>,
): Promise<void> {
  await trx.deleteFrom("user_properties").where("user_id", "=", userId).execute();
  for (const [property_key, value] of Object.entries(properties)) {
    await trx
      .insertInto("user_properties")
      .values({ user_id: userId, property_key, value: JSON.stringify(value) })
      .execute();
  }
}
