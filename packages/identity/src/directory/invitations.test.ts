import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createPasswordHasher } from "../credentials/index.ts";
import { type OpenDatabase, openDatabase } from "../database/index.ts";
import { applySettings, parseSettings } from "../settings/index.ts";
import {
  acceptInvitation,
  createInvitation,
  createUser,
  invitationHash,
  listInvitations,
  revokeInvitation,
  type User,
} from "./index.ts";

const DAY = 86_400_000;
const CONFIG = {
  roles: { editor: { permissions: [] }, reader: { permissions: [] } },
  organizations: [{ code: "org_library", name: "The Library" }],
};
let db: OpenDatabase;
let user: User;

beforeEach(async () => {
  db = await openDatabase({ file: ":memory:" });
  await applySettings(db, parseSettings(CONFIG));
  user = await createUser(db, createPasswordHasher(), {
    email: "ada@example.com",
    password: "seven maples under the hill",
  });
});
afterEach(() => db.close());

describe("an invitation", () => {
  test("has a code of 192 random bits that is nowhere in the database", async () => {
    const codes = new Set<string>();
    for (let count = 0; count < 20; count += 1) {
      codes.add((await createInvitation(db, { organization: "org_library" })).code);
    }
    expect(codes.size).toBe(20);
    for (const code of codes) expect(code).toMatch(/^[\w-]{32}$/);
    const rows = JSON.stringify(await db.selectFrom("invitations").selectAll().execute());
    for (const code of codes) expect(rows).not.toContain(code);
  });

  test("is good for seven days, or as many as it says", async () => {
    const { expiresAt, createdAt } = await createInvitation(db, { organization: "org_library" });
    expect(expiresAt - createdAt).toBe(7 * DAY);
    const longer = await createInvitation(db, { organization: "org_library", days: 90 });
    expect(longer.expiresAt - longer.createdAt).toBe(90 * DAY);
  });

  test.each([
    [{ days: 0 }, "input_invalid"],
    [{ days: 91 }, "input_invalid"],
    [{ days: 1.5 }, "input_invalid"],
    [{ days: Number.NaN }, "input_invalid"],
    [{ email: "nobody" }, "input_invalid"],
    [{ email: "a@example.com\r\nBcc: b@example.com" }, "input_invalid"],
    [{ organization: "org_nowhere" }, "organization_unknown"],
    [{ roles: ["emperor"] }, "role_unknown"],
  ])("with %j is refused, and nothing is kept", async (more, code) => {
    await expect(createInvitation(db, { organization: "org_library", ...more })).rejects.toMatchObject({
      code,
    });
    expect(await listInvitations(db)).toEqual([]);
  });

  test("is revoked once, and only while it is open", async () => {
    const { id, code } = await createInvitation(db, { organization: "org_library" });
    await revokeInvitation(db, id);
    await expect(revokeInvitation(db, id)).rejects.toMatchObject({ code: "invitation_unknown" });
    await expect(revokeInvitation(db, "inv_nowhere")).rejects.toMatchObject({ code: "invitation_unknown" });
    expect(await acceptInvitation(db, { hash: invitationHash(code), user })).toEqual({ refused: "revoked" });
  });

  test("ends at its last moment", async () => {
    const now = Date.now();
    const { code } = await createInvitation(db, { organization: "org_library", days: 1, now });
    const accept = (at: number) => acceptInvitation(db, { hash: invitationHash(code), user, now: at });
    expect(await accept(now + DAY)).toEqual({ refused: "expired" });
    expect(await accept(now + DAY - 1)).toMatchObject({ organization: { code: "org_library" } });
  });

  test("does not bring somebody back who has left", async () => {
    const { code } = await createInvitation(db, { organization: "org_library" });
    const accept = () => acceptInvitation(db, { hash: invitationHash(code), user });
    await accept();
    expect(await accept()).toMatchObject({ organization: { code: "org_library" } });
    await db.deleteFrom("memberships").where("user_id", "=", user.id).execute();
    expect(await accept()).toEqual({ refused: "used" });
  });

  test("brings the roles that still exist", async () => {
    const roles = ["editor", "reader"];
    const { code } = await createInvitation(db, { organization: "org_library", roles });
    await applySettings(db, parseSettings({ ...CONFIG, roles: { reader: { permissions: [] } } }));
    await acceptInvitation(db, { hash: invitationHash(code), user });
    expect(await listInvitations(db)).toMatchObject([{ roles: ["reader"], status: "used", usedBy: user.id }]);
  });
});
