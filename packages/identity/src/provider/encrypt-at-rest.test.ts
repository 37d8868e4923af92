import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type OpenDatabase, openDatabase } from "../database/index.ts";
import { encryptAtRest } from "./encrypt-at-rest.ts";
import { loadInstanceSecrets } from "./instance-secrets.ts";
import { openKeyRing } from "./key-ring.ts";
import { addNextKey } from "./key-store.ts";
import { makeKey } from "./signing-keys.ts";

const SECRET = "a secret of more than thirty-two characters";
const OTHER = "another secret of more than thirty-two characters";

let folder: string;
const databases: OpenDatabase[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "identity-at-rest-"));
});
afterEach(async () => {
  for (const db of databases.splice(0)) await db.close();
  await rm(folder, { recursive: true });
});

/** What a start reads, and what must stand nowhere in the folder: private key members and cookie keys. */
async function start(secret: string | undefined, previousSecret?: string) {
  const db = await openDatabase({ file: join(folder, "hallpass.sqlite") });
  databases.push(db);
  await encryptAtRest(db, secret, previousSecret);
  const secrets = await loadInstanceSecrets(db, secret);
  const ring = await openKeyRing({
    db,
    instanceSecret: secret,
    algorithms: ["RS256", "ES256", "EdDSA"],
    rotateAfter: 90,
    hintLifetime: 3600,
    clock: { now: Date.now, offset: () => 0 },
  });
  const { published } = ring.current();
  const hidden = [
    ...published.flatMap(({ d, p, q, dp, dq, qi }) => [d, p, q, dp, dq, qi]),
    ...Object.values(secrets),
  ].filter((value) => value !== undefined);
  return { db, ring, kids: published.map(({ kid }) => kid), secrets, hidden };
}

/** Every byte of the folder: the database, its write-ahead log, whatever else there is. */
async function dump(): Promise<string> {
  const files = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name))));
  return Buffer.concat(files).toString("latin1");
}

describe("a copy of the data folder", () => {
  test("has no private key and no cookie key in it, when there is a secret", async () => {
    const { db, ring, hidden } = await start(SECRET);
    const next = { key: await makeKey("RS256"), instanceSecret: SECRET, now: Date.now() };
    await addNextKey(db, ring.current().signing("RS256").kid, next);
    const bytes = await dump();
    expect(hidden.length).toBe(6 + 1 + 1 + 3);
    for (const value of [...hidden, next.key.d ?? ""]) expect(bytes.includes(value)).toBe(false);
    expect(bytes).not.toContain(SECRET);
    // The same search finds what is there in the clear.
    expect(bytes).toContain(ring.current().signing("RS256").kid);
  });

  test("has none left of those that were in the clear before there was a secret", async () => {
    const plain = await start(undefined);
    const before = await dump();
    for (const value of plain.hidden) expect(before.includes(value)).toBe(true);
    await plain.db.close();
    databases.length = 0;

    const sealed = await start(SECRET);
    expect(sealed.kids).toEqual(plain.kids);
    expect(sealed.secrets).toEqual(plain.secrets);
    const after = await dump();
    for (const value of plain.hidden) expect(after.includes(value)).toBe(false);
  });
});

describe("a new secret", () => {
  test("takes over everything when the previous one is given with it, once", async () => {
    const before = await start(SECRET);
    const during = await start(OTHER, SECRET);
    expect(during.kids).toEqual(before.kids);
    expect(during.secrets).toEqual(before.secrets);
    // A second process starts with both as well; a later start needs the new one only.
    expect((await start(OTHER, SECRET)).kids).toEqual(before.kids);
    expect((await start(OTHER)).secrets).toEqual(before.secrets);
    await expect(start(SECRET)).rejects.toMatchObject({ code: "secret_wrong" });
  });

  test("without the previous one is refused, and changes nothing", async () => {
    const before = await start(SECRET);
    for (const [secret, previous] of [
      [OTHER, undefined],
      [OTHER, `${OTHER}?`],
      [undefined, undefined],
    ]) {
      const refused = start(secret, previous);
      await expect(refused).rejects.toMatchObject({
        code: "secret_wrong",
        message: expect.stringContaining("HALLPASS_SECRET"),
      });
      await refused.catch((error: Error) => {
        expect(error.message).not.toContain(SECRET);
        expect(error.message).not.toContain(OTHER);
      });
    }
    expect((await start(SECRET)).kids).toEqual(before.kids);
  });

  test("is refused for a database of which a part was encrypted with a third one", async () => {
    const { db } = await start(SECRET);
    const foreign = await db.selectFrom("signing_keys").select("kid").executeTakeFirstOrThrow();
    await db
      .updateTable("signing_keys")
      .set({ private_jwk: "sealed:v1.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" })
      .where("kid", "=", foreign.kid)
      .execute();
    await expect(start(OTHER, SECRET)).rejects.toMatchObject({ code: "secret_wrong" });
    // What could be read is still under the old secret: all of it changes or nothing.
    await db.deleteFrom("signing_keys").where("kid", "=", foreign.kid).execute();
    await start(SECRET);
  });
});
