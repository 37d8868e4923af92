import Provider, { type Adapter, type AdapterPayload, errors } from "oidc-provider";
import type { Database } from "../database/index.ts";
import type { ProviderEntitiesTable } from "../database/migrations/0002-provider.ts";
import { idHash, saveEntity } from "./entity-store.ts";

/** Seconds that a device and its user have. */
export const DEVICE_CODE_LIFETIME = 600;

const MODEL = "DeviceCode";

/**
 * Begins the name of a device code on the browser's side, where only its row is known: the device code itself is
 * the device's secret, and kept as a hash.
 */
const BY_ROW = "#";

/** Where the browser's side is: a name by row is nothing that a device could come with. */
const BROWSER_ROUTES = new Set(["code_verification", "device_resume"]);

/**
 * Keeps device codes (RFC 8628). What the person types is kept as a hash as well, and the browser session that
 * typed it first is the only one that can go on with it: one conditional UPDATE, whatever process it comes to.
 */
export function deviceCodeAdapter(db: Database, base: Adapter): Adapter {
  return {
    ...base,

    async upsert(id, payload, expiresIn = DEVICE_CODE_LIFETIME) {
      const { jti: _id, userCode = "", ...rest } = payload;
      const values = {
        grant_id: rest.grantId ?? null,
        sid: rest.sid ?? null,
        account_id: rest.accountId ?? null,
        payload: JSON.stringify(rest),
      };
      if (!id.startsWith(BY_ROW)) {
        await saveEntity(db, MODEL, id, {
          ...values,
          uid: null,
          user_code_hash: idHash(userCode),
          expires_at: Date.now() + expiresIn * 1000,
        });
        return;
      }
      const session = browserSession();
      const result = await db
        .updateTable("provider_entities")
        .set({ ...values, uid: session ?? null })
        .where("model", "=", MODEL)
        .where("id_hash", "=", rowOf(id))
        .where("consumed_at", "is", null)
        .where((where) => where.or([where("uid", "is", null), where("uid", "=", session ?? "")]))
        .executeTakeFirst();
      if (result.numUpdatedRows !== 1n) {
        throw new errors.InvalidRequest("the code was entered in another browser");
      }
    },

    async find(id) {
      if (!id.startsWith(BY_ROW)) return await base.find(id);
      if (!BROWSER_ROUTES.has(Provider.ctx?.oidc.route ?? "")) return undefined;
      const row = await db
        .selectFrom("provider_entities")
        .selectAll()
        .where("model", "=", MODEL)
        .where("id_hash", "=", rowOf(id))
        .executeTakeFirst();
      return row && { ...payloadOf(row), jti: id };
    },

    async findByUserCode(userCode) {
      const row = await db
        .selectFrom("provider_entities")
        .selectAll()
        .where("model", "=", MODEL)
        .where("user_code_hash", "=", idHash(userCode))
        .orderBy("expires_at", "desc")
        .executeTakeFirst();
      if (!row) return undefined;
      const found = { ...payloadOf(row), jti: BY_ROW + row.id_hash, userCode };
      // Whoever typed it may type it again: they went back, or reloaded the page.
      return row.uid !== null && row.uid === browserSession() ? { ...found, inFlight: false } : found;
    },
  };
}

/** Where the device is that asked, by the name that a sign-in has for its code. */
export async function deviceAddress(db: Database, name: string): Promise<string | undefined> {
  const row = await db
    .selectFrom("provider_entities")
    .select("payload")
    .where("model", "=", MODEL)
    .where("id_hash", "=", rowOf(name))
    .executeTakeFirst();
  const { ip } = (row ? (JSON.parse(row.payload) as AdapterPayload).deviceInfo : undefined) ?? {};
  return typeof ip === "string" ? ip : undefined;
}

function browserSession(): string | undefined {
  return Provider.ctx?.oidc.session?.uid;
}

function rowOf(name: string): string {
  return name.slice(BY_ROW.length);
}

function payloadOf(row: ProviderEntitiesTable): AdapterPayload {
  const payload = JSON.parse(row.payload) as AdapterPayload;
  return row.consumed_at === null ? payload : { ...payload, consumed: Math.floor(row.consumed_at / 1000) };
}
