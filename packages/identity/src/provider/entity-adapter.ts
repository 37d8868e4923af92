import { type Adapter, type AdapterFactory, type AdapterPayload, errors } from "oidc-provider";
import type { Database } from "../database/index.ts";
import type { ProviderEntitiesTable } from "../database/migrations/0002-provider.ts";
import {
  claimEntity,
  deleteEntity,
  findEntity,
  finishSignIn,
  revokeGrant,
  saveEntity,
} from "./entity-store.ts";
import type { RefreshRotation } from "./refresh-rotation.ts";

export interface EntityAdapterOptions {
  db: Database;
  rotation: RefreshRotation;
  /** The registration of a client, from the directory of applications. */
  findClient: (clientId: string) => Promise<AdapterPayload | undefined>;
}

/** Stands for the id of an entity in its payload. Ids are made of letters, digits, `_` and `-`. */
const OWN_ID = "<id>";

/** Without a lifetime an entity lives this long, in seconds. */
const DEFAULT_TTL = 24 * 60 * 60;

/** Keeps the provider's entities in the database, by the hash of their ids. */
export function createEntityAdapter({ db, rotation, findClient }: EntityAdapterOptions): AdapterFactory {
  return (model) => (model === "Client" ? clientAdapter(findClient) : entityAdapter(db, model, rotation));
}

function entityAdapter(db: Database, model: string, rotation: RefreshRotation): Adapter {
  return {
    async upsert(id, payload, expiresIn = DEFAULT_TTL) {
      await saveEntity(db, model, id, {
        grant_id: model === "Grant" ? null : (payload.grantId ?? null),
        uid: payload.uid ?? null,
        sid: payload.sid ?? null,
        account_id: payload.accountId ?? null,
        // Its own id stands in a sign-in's return address, too.
        payload: JSON.stringify(withoutCredentials(payload)).replaceAll(id, OWN_ID),
        expires_at: Date.now() + expiresIn * 1000,
      });
    },

    async find(id) {
      const row = await findEntity(db, model, id);
      if (!row) return undefined;
      if (model === "Interaction" && row.consumed_at !== null) return undefined;
      const payload = payloadOf(row, id);
      if (row.consumed_at === null) return payload;
      if (model === "RefreshToken" && !(await rotation.isSpent(id, row))) return payload;
      return { ...payload, consumed: Math.floor(row.consumed_at / 1000) };
    },

    async findByUid(uid) {
      const row = await db
        .selectFrom("provider_entities")
        .selectAll()
        .where("model", "=", model)
        .where("uid", "=", uid)
        .where("expires_at", ">", Date.now())
        .executeTakeFirst();
      return row ? payloadOf(row) : undefined;
    },

    async findByUserCode() {
      return undefined;
    },

    async consume(id) {
      if (model === "RefreshToken") return await rotation.claim(id);
      if ((await claimEntity(db, model, id)) === undefined) {
        throw new errors.InvalidGrant("already used");
      }
    },

    async destroy(id) {
      if (model !== "Interaction") return await deleteEntity(db, model, id);
      const row = await findEntity(db, model, id);
      const clientId = row && payloadOf(row, id).params?.client_id;
      if (typeof clientId === "string") await finishSignIn(db, id, clientId);
      else await deleteEntity(db, model, id);
    },

    async revokeByGrantId(grantId) {
      await revokeGrant(db, grantId);
    },
  };
}

function clientAdapter(findClient: EntityAdapterOptions["findClient"]): Adapter {
  const readOnly = async () => {
    throw new Error("applications are kept in the directory");
  };
  return {
    find: findClient,
    upsert: readOnly,
    consume: readOnly,
    destroy: readOnly,
    revokeByGrantId: readOnly,
    findByUid: async () => undefined,
    findByUserCode: async () => undefined,
  };
}

/** Leaves out what would let a reader of the database act as its bearer. */
function withoutCredentials(payload: AdapterPayload): AdapterPayload {
  const { jti: _id, ...rest } = payload;
  if (!rest.session) return rest;
  const { cookie: _cookie, ...session } = rest.session;
  return { ...rest, session };
}

function payloadOf(row: ProviderEntitiesTable, id?: string): AdapterPayload {
  if (id === undefined) return JSON.parse(row.payload) as AdapterPayload;
  return { ...(JSON.parse(row.payload.replaceAll(OWN_ID, id)) as AdapterPayload), jti: id };
}
