import { afterAll, beforeAll, expect, test } from "vitest";
import { type OpenDatabase, openDatabase } from "../database/index.ts";
import {
  CLAIM_TIMEOUT,
  claimEntity,
  findEntity,
  idHash,
  releaseClaim,
  removeExpired,
  saveEntity,
  storeSuccessor,
} from "./entity-store.ts";

let db: OpenDatabase;

beforeAll(async () => {
  db = await openDatabase({ file: ":memory:" });
});
afterAll(async () => {
  await db.close();
});

async function save(model: string, id: string, expiresIn = 60_000) {
  const values = { grant_id: "grant", uid: null, sid: null, payload: "{}" };
  await saveEntity(db, model, id, { ...values, expires_at: Date.now() + expiresIn });
}

const claimedAgo = (id: string, milliseconds: number) =>
  db
    .updateTable("provider_entities")
    .set({ consumed_at: Date.now() - milliseconds })
    .where("id_hash", "=", idHash(id))
    .execute();

test("of ten claims one succeeds", async () => {
  await save("AuthorizationCode", "code");
  const claims = await Promise.all(
    Array.from({ length: 10 }, () => claimEntity(db, "AuthorizationCode", "code")),
  );
  expect(claims.filter((claim) => claim !== undefined)).toHaveLength(1);
});

test("a claim that a failed request gives back can be made again", async () => {
  await save("RefreshToken", "returned");
  const claim = (await claimEntity(db, "RefreshToken", "returned")) ?? 0;
  await releaseClaim(db, "returned", claim);
  expect(await claimEntity(db, "RefreshToken", "returned")).toBeDefined();
});

test("a claim that was never answered lapses for refresh tokens, never for codes", async () => {
  for (const model of ["RefreshToken", "AuthorizationCode"]) {
    await save(model, `abandoned ${model}`);
    await claimEntity(db, model, `abandoned ${model}`);
    await claimedAgo(`abandoned ${model}`, CLAIM_TIMEOUT + 100);
  }
  expect(await claimEntity(db, "RefreshToken", "abandoned RefreshToken")).toBeDefined();
  expect(await claimEntity(db, "AuthorizationCode", "abandoned AuthorizationCode")).toBeUndefined();
});

test("whoever was too slow may not answer any more: a token has one successor", async () => {
  await save("RefreshToken", "slow");
  await claimEntity(db, "RefreshToken", "slow");
  await claimedAgo("slow", CLAIM_TIMEOUT + 100);
  const slow = (await findEntity(db, "RefreshToken", "slow"))?.consumed_at ?? 0;
  const quick = (await claimEntity(db, "RefreshToken", "slow")) ?? 0;
  expect(await storeSuccessor(db, "slow", quick, { id: "one", answer: "x" })).toBe(true);
  expect(await storeSuccessor(db, "slow", slow, { id: "two", answer: "y" })).toBe(false);
  expect(await storeSuccessor(db, "slow", quick, { id: "three", answer: "z" })).toBe(false);
  await releaseClaim(db, "slow", quick);
  expect(await claimEntity(db, "RefreshToken", "slow")).toBeUndefined();
});

test("what has expired goes, but a sign-in is remembered for a day, to lead back to its application", async () => {
  for (const model of ["Session", "Interaction"]) await save(model, "old", -1_000);
  await save("Interaction", "older", -25 * 60 * 60 * 1000);
  await save("Session", "young");
  await removeExpired(db);
  const left = async (model: string, id: string) => (await findEntity(db, model, id)) !== undefined;
  expect(await left("Session", "old")).toBe(false);
  expect(await left("Interaction", "old")).toBe(true);
  expect(await left("Interaction", "older")).toBe(false);
  expect(await left("Session", "young")).toBe(true);
});

test("expired sign-ins are remembered up to a number, the last ones first; open ones stay", async () => {
  const count = async () => {
    const rows = await db
      .selectFrom("provider_entities")
      .select("id_hash")
      .where("model", "=", "Interaction")
      .execute();
    return rows.map((row) => row.id_hash);
  };
  await db.deleteFrom("provider_entities").where("model", "=", "Interaction").execute();
  for (const age of [1, 2, 3, 4]) await save("Interaction", `left ${age}`, -age * 1000);
  for (const name of ["one", "two", "three"]) await save("Interaction", name);
  await removeExpired(db, Date.now(), 2);
  const kept = ["left 1", "left 2", "one", "two", "three"].map(idHash);
  expect((await count()).sort()).toEqual(kept.sort());
});
