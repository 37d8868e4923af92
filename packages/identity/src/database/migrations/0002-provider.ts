import type { Migration } from "../migration.ts";

/** What the OpenID provider remembers: sessions, grants, authorization codes, refresh tokens, sign-ins under way. */
export interface ProviderEntitiesTable {
  /** `Session`, `Grant`, `AuthorizationCode`, `RefreshToken`, `Interaction`, … */
  model: string;
  /** SHA-256 of the id in base64url. The id of a code, a token or a session is what its bearer presents, so it is not kept. */
  id_hash: string;
  /** The grant that the entity belongs to; a grant is revoked as a whole. */
  grant_id: string | null;
  /** The `uid` of a session, by which tokens refer to it. */
  uid: string | null;
  /** The `sid` of a session at one application, as its tokens carry it. */
  sid: string | null;
  /** JSON without the id. */
  payload: string;
  /** Milliseconds since 1970. */
  expires_at: number;
  /** Milliseconds since 1970 when the code, refresh token or sign-in was spent; spent once only. */
  consumed_at: number | null;
  /** `id_hash` of the refresh token that replaced this one. */
  successor_hash: string | null;
  /** The token answer that replaced this refresh token, encrypted under a key derived from this one. */
  successor_answer: string | null;
  /** The user whose session, grant, code or token it is; since migration 0006. */
  account_id: string | null;
}

/** Keys that tokens are signed with. */
export interface SigningKeysTable {
  /** RFC 7638 thumbprint. */
  kid: string;
  algorithm: string;
  /** The private key as a JWK, encrypted when the instance has a secret. */
  private_jwk: string;
  /** Milliseconds since 1970. */
  created_at: number;
  /** When it begins to sign, since migration 0007; milliseconds since 1970. */
  signs_from: number;
  /** When its successor takes over, since migration 0007; `null` while it has none. Milliseconds since 1970. */
  stops_at: number | null;
}

/** Random values made on the first start: cookie keys and the like. */
export interface InstanceSecretsTable {
  name: string;
  /** Encrypted when the instance has a secret. */
  value: string;
  /** Milliseconds since 1970. */
  created_at: number;
}

/** The tables of migration 0002. */
export interface ProviderSchema {
  provider_entities: ProviderEntitiesTable;
  signing_keys: SigningKeysTable;
  instance_secrets: InstanceSecretsTable;
}

/** The tables of the OpenID provider. */
export const provider: Migration = {
  name: "0002-provider",
  async up(db) {
    await db.schema
      .createTable("provider_entities")
      .addColumn("model", "text", (c) => c.notNull())
      .addColumn("id_hash", "text", (c) => c.notNull())
      .addColumn("grant_id", "text")
      .addColumn("uid", "text")
      .addColumn("sid", "text")
      .addColumn("payload", "text", (c) => c.notNull())
      .addColumn("expires_at", "bigint", (c) => c.notNull())
      .addColumn("consumed_at", "bigint")
      .addColumn("successor_hash", "text")
      .addColumn("successor_answer", "text")
      .addPrimaryKeyConstraint("provider_entities_pk", ["model", "id_hash"])
      .execute();
    for (const column of ["grant_id", "uid", "sid", "expires_at"]) {
      await db.schema
        .createIndex(`provider_entities_by_${column}`)
        .on("provider_entities")
        .column(column)
        .execute();
    }
    await db.schema
      .createTable("signing_keys")
      .addColumn("kid", "text", (c) => c.primaryKey())
      .addColumn("algorithm", "text", (c) => c.notNull())
      .addColumn("private_jwk", "text", (c) => c.notNull())
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .execute();
    await db.schema
      .createTable("instance_secrets")
      .addColumn("name", "text", (c) => c.primaryKey())
      .addColumn("value", "text", (c) => c.notNull())
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .execute();
  },
};
