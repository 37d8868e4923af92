import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { claimsOf, type RunningIdentity, refresh, startIdentity, tokensFor } from "../../test/identity.ts";
import { type OpenDatabase, openDatabase } from "../database/index.ts";
import { addMember, findUserByEmail } from "../directory/index.ts";

let folder: string;
let running: RunningIdentity;
let db: OpenDatabase;
let userId: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "identity-left-"));
  running = await startIdentity({ dataDir: folder });
  db = await openDatabase({ file: join(folder, "hallpass.sqlite") });
  userId = (await findUserByEmail(db, "ada@example.com"))?.id ?? "";
});
afterAll(async () => {
  await db.close();
  await running.identity.close();
  await rm(folder, { recursive: true });
});

const leave = (code: string) =>
  db.deleteFrom("memberships").where("user_id", "=", userId).where("organization_code", "=", code).execute();

describe("someone who has left an organization since the sign-in", () => {
  test("gets no more tokens for it, and keeps the session for the day they are back", async () => {
    const { body } = await tokensFor(running, { org_code: "org_library" });
    expect(claimsOf(body.access_token)).toMatchObject({
      org_code: "org_library",
      permissions: ["read:books"],
    });
    await leave("org_library");
    const refused = await refresh(running.issuer, body.refresh_token);
    expect(refused.body).toMatchObject({ error: "invalid_grant" });
    expect(refused.body.access_token).toBeUndefined();

    await addMember(db, { userId, organizationCode: "org_library" });
    const back = await refresh(running.issuer, body.refresh_token);
    expect(claimsOf(back.body.access_token)).toMatchObject({ org_code: "org_library", permissions: [] });
  });

  test("gets a token with what is left, where there was nothing to choose from at the sign-in", async () => {
    await leave("org_library");
    const { body } = await tokensFor(running);
    expect(claimsOf(body.access_token)).toMatchObject({
      org_code: "org_bookstore",
      permissions: ["create:books", "read:books"],
    });
    await leave("org_bookstore");
    await addMember(db, { userId, organizationCode: "org_library" });
    const next = await refresh(running.issuer, body.refresh_token);
    expect(claimsOf(next.body.access_token)).toMatchObject({ org_code: "org_library", permissions: [] });
  });
});
