import { beforeEach, describe, expect, test } from "vitest";
import {
  accessOf,
  findApi,
  findApplication,
  listFlags,
  listPermissions,
  listRoles,
  propertiesOf,
} from "../access/index.ts";
import { createPasswordHasher } from "../credentials/index.ts";
import { type OpenDatabase, openDatabase } from "../database/index.ts";
import {
  createOrganization,
  createUser,
  findUserByEmail,
  listUsers,
  organizationsOf,
} from "../directory/index.ts";
import { applySettings } from "./apply-settings.ts";
import type { HallpassConfig } from "./config.ts";
import { parseSettings } from "./parse-settings.ts";

const passwords = createPasswordHasher({ memory: 64, passes: 1 });

const config = {
  permissions: { "create:books": "Add", "read:books": "Read" },
  roles: {
    editor: { permissions: ["create:books", "read:books"] },
    reader: { name: "Reader", permissions: ["read:books"] },
  },
  flags: { theme: { type: "string", value: "classic" } },
  organizations: [
    { code: "org_z", name: "Last in the alphabet" },
    { code: "org_a", name: "First", flags: { theme: "dark" } },
  ],
  users: [
    {
      email: "Ada@bookstore.example",
      password: "p",
      givenName: "Ada",
      organizations: [{ code: "org_z", roles: ["editor"] }, { code: "org_a" }],
    },
  ],
  apis: [{ audience: "books" }],
  applications: [{ clientId: "web", type: "spa", redirectUris: ["http://localhost:4302"] }],
  defaults: { organization: "org_a", roles: ["reader"] },
} satisfies HallpassConfig;

let db: OpenDatabase;
const apply = (changed: HallpassConfig = config) =>
  applySettings(db, parseSettings(changed), { seedUsers: passwords });

beforeEach(async () => {
  db = await openDatabase({ file: ":memory:" });
  return async () => db.close();
});

describe("applying settings", () => {
  test("gives the same result however often", async () => {
    const snapshot = async () => ({
      permissions: await listPermissions(db),
      roles: await listRoles(db),
      flags: await listFlags(db),
      users: await listUsers(db),
      application: await findApplication(db, "web"),
      api: await findApi(db, "books"),
    });
    await apply();
    const first = await snapshot();
    expect(first.roles.map(({ key }) => key)).toEqual(["editor", "reader"]);
    await apply();
    expect(await snapshot()).toEqual(first);
  });

  test("puts the organization that stands first in front", async () => {
    await apply();
    const ada = await findUserByEmail(db, "ada@bookstore.example");
    expect(await organizationsOf(db, ada?.id ?? "")).toEqual([
      { code: "org_z", name: "Last in the alphabet" },
      { code: "org_a", name: "First" },
    ]);
  });

  test("creates no users outside development", async () => {
    await applySettings(db, parseSettings(config));
    expect((await listUsers(db)).users).toEqual([]);
  });

  test("leaves the person of an existing user alone, and lets the roles follow", async () => {
    await apply();
    const before = await findUserByEmail(db, "ada@bookstore.example");
    const stored = () => db.selectFrom("passwords").select("hash").execute();
    const hash = await stored();
    await apply({
      ...config,
      users: [
        {
          email: "ada@bookstore.example",
          password: "another",
          givenName: "Changed",
          organizations: [{ code: "org_z", roles: ["reader"] }],
        },
      ],
    });
    expect(await findUserByEmail(db, "ada@bookstore.example")).toEqual(before);
    expect(await stored()).toEqual(hash);
    const access = await accessOf(db, { userId: before?.id ?? "", organizationCode: "org_z" });
    expect(access.permissions).toEqual(["read:books"]);
  });

  test("takes away what the settings no longer name, and what it granted", async () => {
    await apply();
    const ada = await findUserByEmail(db, "ada@bookstore.example");
    await applySettings(
      db,
      parseSettings({
        ...config,
        permissions: { "read:books": "Read" },
        roles: {
          editor: { permissions: ["read:books"] },
          reader: config.roles.reader,
        },
        flags: {},
        organizations: config.organizations.map(({ code, name }) => ({ code, name })),
        apis: [],
        applications: [],
        users: [],
      }),
    );
    expect(await accessOf(db, { userId: ada?.id ?? "" })).toMatchObject({
      permissions: ["read:books"],
      roles: [{ key: "editor" }],
      flags: {},
    });
    expect(await findApi(db, "books")).toBeUndefined();
    expect(await findApplication(db, "web")).toBeUndefined();
  });

  test("keeps an organization that is no longer named while it has members, and those that users made", async () => {
    await apply();
    const ada = await findUserByEmail(db, "ada@bookstore.example");
    const own = await createOrganization(db, { name: "Ada's", ownerId: ada?.id ?? "" });
    await applySettings(db, parseSettings({ organizations: [{ code: "org_new", name: "New" }] }));
    await applySettings(db, parseSettings({}));
    const codes = await db.selectFrom("organizations").select("code").orderBy("code").execute();
    expect(codes.map(({ code }) => code).sort()).toEqual([own.code, "org_a", "org_z"].sort());
  });

  test("lets people who register join the default organization with the default roles", async () => {
    await apply();
    const user = await createUser(db, passwords, {
      email: "new@bookstore.example",
      password: "fifteen characters at least",
    });
    expect(await accessOf(db, { userId: user.id })).toMatchObject({
      organization: { code: "org_a", name: "First" },
      roles: [{ key: "reader", name: "Reader" }],
      permissions: ["read:books"],
      flags: { theme: { t: "s", v: "dark" } },
    });
    await apply({ ...config, defaults: {} });
    const later = await createUser(db, passwords, {
      email: "later@bookstore.example",
      password: "fifteen characters at least",
    });
    expect(await organizationsOf(db, later.id)).toEqual([]);
  });

  test("undoes everything when the database refuses a part", async () => {
    await apply();
    const broken = parseSettings(config);
    broken.permissions = [];
    await expect(applySettings(db, broken)).rejects.toThrow();
    expect(await listPermissions(db)).toHaveLength(2);
  });

  test("properties follow, and what is no longer named goes away", async () => {
    const properties = {
      city: { name: "City", of: "user", inTokens: true },
      region: { of: "organization" },
    } as const;
    const ada = config.users[0] as (typeof config.users)[number];
    const [last, first] = config.organizations;
    const described = {
      ...config,
      properties,
      users: [{ ...ada, properties: { city: "London" } }],
      organizations: [{ ...last, properties: { region: "eu" } }, first],
    } as HallpassConfig;
    const found = async () => {
      const user = await findUserByEmail(db, ada.email);
      return await propertiesOf(db, { userId: user?.id, organizationCode: "org_z" });
    };
    await apply(described);
    expect(await found()).toEqual([
      { key: "city", name: "City", owner: "user", value: "London", inTokens: true },
      { key: "region", name: "region", owner: "organization", value: "eu", inTokens: false },
    ]);
    await apply({ ...described, organizations: config.organizations });
    expect((await found()).map(({ key }) => key)).toEqual(["city"]);
    await apply();
    expect(await found()).toEqual([]);
  });
});
