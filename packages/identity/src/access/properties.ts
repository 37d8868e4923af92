import type { Database } from "../database/index.ts";
import type { PropertyValue } from "../settings/config.ts";

/** What is known about a user, or about the organization they act in. */
export interface Property {
  key: string;
  name: string;
  owner: "user" | "organization";
  value: PropertyValue;
  /** Whether tokens carry it. */
  inTokens: boolean;
}

/** The properties of a user and of an organization that have a value, by key. */
export async function propertiesOf(
  db: Database,
  { userId, organizationCode }: { userId: string | undefined; organizationCode: string | undefined },
): Promise<Property[]> {
  const columns = [
    "properties.key",
    "properties.name",
    "properties.owner",
    "properties.in_tokens",
    "value",
  ] as const;
  const ofUser = await db
    .selectFrom("user_properties")
    .innerJoin("properties", "properties.key", "user_properties.property_key")
    .select(columns)
    .where("user_properties.user_id", "=", userId ?? "")
    .execute();
  const ofOrganization = await db
    .selectFrom("organization_properties")
    .innerJoin("properties", "properties.key", "organization_properties.property_key")
    .select(columns)
    .where("organization_properties.organization_code", "=", organizationCode ?? "")
    .execute();
  return [...ofUser, ...ofOrganization]
    .map(({ in_tokens, value, ...property }) => ({
      ...property,
      value: JSON.parse(value) as PropertyValue,
      inTokens: in_tokens === 1,
    }))
    .sort((one, other) => (one.key < other.key ? -1 : 1));
}
