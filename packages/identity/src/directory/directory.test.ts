import { beforeEach, describe, expect, test } from "vitest";
import { listEvents } from "../audit/audit-log.ts";
import { createPasswordHasher } from "../credentials/index.ts";
import { type OpenDatabase, openDatabase } from "../database/index.ts";
import {
  addMember,
  createOrganization,
  createUser,
  findUser,
  findUserByEmail,
  listUsers,
  membershipsOf,
  registerUser,
} from "./index.ts";

const passwords = createPasswordHasher({ memory: 64, passes: 1 });
const password = "a ship in harbour is safe";
let db: OpenDatabase;

beforeEach(async () => {
  db = await openDatabase({ file: ":memory:" });
  return async () => db.close();
});

const registration = {
  email: "grace@example.com",
  password,
  givenName: "Grace",
  familyName: "Hopper",
  remoteAddress: "192.0.2.1",
};

describe("creating a user", () => {
  test("gives an id in Kinde's form and keeps the address as it was typed", async () => {
    const user = await createUser(db, passwords, {
      email: " Grace@Example.COM ",
      password,
      givenName: " Grace  B. ",
    });
    expect(user).toMatchObject({
      id: expect.stringMatching(/^kp_[0-9a-f]{32}$/),
      email: "Grace@Example.COM",
      emailVerified: false,
      givenName: "Grace B.",
      familyName: null,
      name: "Grace B.",
    });
    expect(await findUser(db, user.id)).toEqual(user);
    expect(await findUserByEmail(db, "GRACE@example.com")).toEqual(user);
  });

  test("hands out nothing secret", async () => {
    const user = await createUser(db, passwords, { email: "grace@example.com", password });
    expect(JSON.stringify([user, await listUsers(db)])).not.toContain("argon2");
    const dump = JSON.stringify(await db.selectFrom("passwords").selectAll().execute());
    expect(dump).not.toContain(password);
  });

  test.each(["grace@example.com", "GRACE@example.com", "grace@EXAMPLE.com", "ｇｒａｃｅ@example.com"])(
    "refuses %s when there is grace@example.com",
    async (email) => {
      await createUser(db, passwords, { email: "grace@example.com", password });
      await expect(createUser(db, passwords, { email, password })).rejects.toMatchObject({
        code: "email_taken",
        fields: { email: expect.stringContaining("Sign in instead") },
      });
    },
  );

  test("lets one of ten attempts at once have an address", async () => {
    const attempts = Array.from({ length: 10 }, () =>
      createUser(db, passwords, { email: "grace@example.com", password }),
    );
    const results = await Promise.allSettled(attempts);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  test("keeps a domain in other letters apart", async () => {
    await createUser(db, passwords, { email: "grace@example.com", password });
    const other = await createUser(db, passwords, { email: "grace@exаmple.com", password });
    expect((await findUserByEmail(db, "grace@example.com"))?.id).not.toBe(other.id);
    expect((await findUserByEmail(db, "grace@xn--exmple-4nf.com"))?.id).toBe(other.id);
  });

  test.each([
    "",
    "grace",
    "grace@",
    "@example.com",
    "grace@example.com\r\nBcc: eve@example.com",
    "grace@exa mple.com",
    "<script>@example.com",
    `${"a".repeat(250)}@example.com`,
  ])("refuses the address %j", async (email) => {
    await expect(createUser(db, passwords, { email, password })).rejects.toMatchObject({
      code: "input_invalid",
      fields: { email: expect.stringContaining("name@example.com") },
    });
  });

  test.each(["Grace\r\nHopper", "Grace\u0000", "\u202eecarG", "x".repeat(101)])(
    "refuses the name %j",
    async (givenName) => {
      await expect(
        createUser(db, passwords, { email: "g@example.com", password, givenName }),
      ).rejects.toMatchObject({
        fields: { givenName: expect.any(String) },
      });
    },
  );

  test("takes names of all scripts, and markup as the text it is", async () => {
    for (const [index, givenName] of ["Ada", "小林", "Øyvind", "<b>Ada</b>", "O'Neil", "👩‍💻"].entries()) {
      const user = await createUser(db, passwords, { email: `u${index}@example.com`, password, givenName });
      expect(user.givenName).toBe(givenName);
    }
  });

  test("says that too many are waiting", async () => {
    const narrow = createPasswordHasher({ memory: 64, passes: 1, concurrency: 1, queueLimit: 1 });
    const results = await Promise.allSettled(
      [1, 2, 3].map((n) => createUser(db, narrow, { email: `u${n}@example.com`, password })),
    );
    const refused = results.find((result) => result.status === "rejected");
    expect(refused?.reason).toMatchObject({ code: "busy", retryAfter: 2 });
  });
});

describe("registering", () => {
  test("names every field that is wrong at once", async () => {
    await expect(
      registerUser(db, passwords, {
        ...registration,
        email: "x",
        givenName: " ",
        familyName: "",
        password: "short",
      }),
    ).rejects.toMatchObject({
      code: "input_invalid",
      fields: {
        email: expect.any(String),
        givenName: "Please enter your first name.",
        familyName: "Please enter your last name.",
        password: expect.stringContaining("5 characters"),
      },
    });
  });

  test("stands in the audit log, whether it went well or not", async () => {
    const user = await registerUser(db, passwords, { ...registration, now: 1 });
    await expect(registerUser(db, passwords, { ...registration, now: 2 })).rejects.toMatchObject({
      code: "email_taken",
    });
    await createOrganization(db, { name: "Navy", ownerId: user.id, now: 3 });
    expect(await listEvents(db)).toMatchObject([
      { type: "organization_created", actorId: user.id },
      { type: "registration", outcome: "failed", actorId: null, detail: { reason: "email_taken" } },
      { type: "registration", outcome: "ok", actorId: user.id, source: "192.0.2.1" },
    ]);
  });

  test("is bounded for one source, not for another", async () => {
    for (let n = 0; n < 100; n += 1) {
      await registerUser(db, passwords, { ...registration, email: `u${n}@example.com`, now: 1_000 });
    }
    const more = { ...registration, email: "more@example.com", now: 1_000 };
    await expect(registerUser(db, passwords, more)).rejects.toMatchObject({
      code: "throttled",
      retryAfter: 60,
    });
    await registerUser(db, passwords, { ...more, remoteAddress: "192.0.2.2" });
    await registerUser(db, passwords, { ...more, email: "later@example.com", now: 61_001 });
  });
});

describe("listing users", () => {
  test("goes page by page in the order of their creation", async () => {
    for (let n = 0; n < 5; n += 1) {
      await createUser(db, passwords, { email: `u${n}@example.com`, password, now: 10 - (n % 3) });
    }
    const emails: string[] = [];
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof listUsers>> = await listUsers(db, {
        limit: 2,
        ...(after === null ? {} : { after }),
      });
      emails.push(...page.users.map(({ email }) => email));
      after = page.next;
    } while (after !== null);
    expect(emails).toHaveLength(5);
    expect(new Set(emails).size).toBe(5);
    expect(emails[0]).toBe("u2@example.com");
  });

  test("ends at an id that nobody has", async () => {
    expect(await listUsers(db, { after: "kp_nobody" })).toEqual({ users: [], next: null });
  });
});

describe("organizations", () => {
  test("list their creator as a member", async () => {
    const user = await createUser(db, passwords, { email: "grace@example.com", password });
    const organization = await createOrganization(db, { name: " Navy ", ownerId: user.id });
    expect(await membershipsOf(db, user.id)).toEqual([{ ...organization, roles: [] }]);
    expect(organization.name).toBe("Navy");
  });

  test("need a name of one line and an owner, and leave nothing behind without", async () => {
    await expect(createOrganization(db, { name: " ", ownerId: "kp_x" })).rejects.toMatchObject({
      code: "input_invalid",
    });
    await expect(createOrganization(db, { name: "Navy", ownerId: "kp_x" })).rejects.toMatchObject({
      code: "user_unknown",
    });
    expect(await db.selectFrom("organizations").selectAll().execute()).toEqual([]);
  });

  test("refuse members with unknown roles, and unknown organizations", async () => {
    const user = await createUser(db, passwords, { email: "grace@example.com", password });
    const { code } = await createOrganization(db, { name: "Navy", ownerId: user.id });
    const member = { userId: user.id, organizationCode: code };
    await expect(addMember(db, { ...member, roles: ["boss"] })).rejects.toMatchObject({
      code: "role_unknown",
    });
    await expect(addMember(db, { ...member, organizationCode: "org_x" })).rejects.toMatchObject({
      code: "organization_unknown",
    });
  });
});
