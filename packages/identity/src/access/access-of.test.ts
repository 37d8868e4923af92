import { beforeEach, describe, expect, test } from "vitest";
import { createPasswordHasher } from "../credentials/index.ts";
import { type OpenDatabase, openDatabase } from "../database/index.ts";
import { addMember, createOrganization, createUser } from "../directory/index.ts";
import { applySettings, parseSettings } from "../settings/index.ts";
import { accessOf } from "./access-of.ts";

const passwords = createPasswordHasher({ memory: 64, passes: 1 });
let db: OpenDatabase;
let userId: string;

beforeEach(async () => {
  db = await openDatabase({ file: ":memory:" });
  const settings = parseSettings({
    permissions: { "read:books": "", "create:books": "", "delete:books": "" },
    roles: {
      reader: { name: "Reader", permissions: ["read:books"] },
      editor: { name: "Editor", permissions: ["read:books", "create:books"] },
      admin: { permissions: ["delete:books"] },
    },
    flags: {
      theme: { type: "string", value: "classic" },
      beta: { type: "boolean", value: false },
      limit: { type: "integer", value: 5 },
    },
    organizations: [
      { code: "org_one", name: "One", flags: { theme: "dark", limit: 10 } },
      { code: "org_two", name: "Two" },
    ],
    users: [{ email: "ada@example.com", password: "p", flags: { limit: 20 } }],
  });
  await applySettings(db, settings, { seedUsers: passwords });
  const ada = await db.selectFrom("users").select("id").executeTakeFirstOrThrow();
  userId = ada.id;
  await addMember(db, { userId, organizationCode: "org_one", roles: ["reader", "editor"], now: 1 });
  await addMember(db, { userId, organizationCode: "org_two", roles: ["admin"], now: 2 });
  return async () => db.close();
});

describe("what someone may do", () => {
  test("is the union of their roles in the organization, each permission once", async () => {
    const access = await accessOf(db, { userId, organizationCode: "org_one" });
    expect(access.organization).toEqual({ code: "org_one", name: "One" });
    expect(access.permissions).toEqual(["create:books", "read:books"]);
    expect(access.roles).toEqual([
      { id: expect.stringMatching(/^role_[0-9a-f]{32}$/), key: "editor", name: "Editor" },
      { id: expect.stringMatching(/^role_[0-9a-f]{32}$/), key: "reader", name: "Reader" },
    ]);
  });

  test("differs from one organization to the other", async () => {
    expect((await accessOf(db, { userId, organizationCode: "org_two" })).permissions).toEqual([
      "delete:books",
    ]);
  });

  test("is that of the organization they joined first when none is named", async () => {
    expect((await accessOf(db, { userId })).organization?.code).toBe("org_one");
  });

  test("is nothing in an organization they do not belong to", async () => {
    const other = await createUser(db, passwords, {
      email: "eve@example.com",
      password: "a long enough sentence",
    });
    for (const organizationCode of ["org_one", "org_nowhere"]) {
      expect(await accessOf(db, { userId: other.id, organizationCode })).toMatchObject({
        organization: null,
        permissions: [],
        roles: [],
      });
    }
  });

  test("in an organization of one's own is what newcomers may do", async () => {
    const own = await createOrganization(db, { name: "Own", ownerId: userId });
    expect(own.code).toMatch(/^org_[0-9a-f]{32}$/);
    expect((await accessOf(db, { userId, organizationCode: own.code })).permissions).toEqual([]);
  });
});

describe("a feature flag", () => {
  test("has the user's value before the organization's, and that before the environment's", async () => {
    expect((await accessOf(db, { userId, organizationCode: "org_one" })).flags).toEqual({
      theme: { t: "s", v: "dark" },
      beta: { t: "b", v: false },
      limit: { t: "i", v: 20 },
    });
    expect((await accessOf(db, { userId, organizationCode: "org_two" })).flags.theme).toEqual({
      t: "s",
      v: "classic",
    });
  });

  test("of an organization one does not belong to stays there", async () => {
    const other = await createUser(db, passwords, {
      email: "eve@example.com",
      password: "a long enough sentence",
    });
    const { flags } = await accessOf(db, { userId: other.id, organizationCode: "org_one" });
    expect(flags.theme).toEqual({ t: "s", v: "classic" });
  });
});
