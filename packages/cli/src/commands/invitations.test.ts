import { expect, test } from "vitest";
import { bookstore, freePort, project } from "../../test/project.ts";
import { hallpass } from "../../test/run-hallpass.ts";
import { stoppedAfterEach } from "../../test/servers.ts";

const start = stoppedAfterEach();
const secret = "0123456789abcdef0123456789abcdef";
const toBookstore = ["invitations", "create", "--organization", "org_bookstore"];

test("an invitation is made, listed without its code, and revoked, while the server runs", async () => {
  const cwd = project(bookstore);
  await start(["dev", "--port", "0", "--json"], { cwd }).ready;
  const made = await hallpass([...toBookstore, "--email", "grace@example.com", "--role", "editor"], { cwd });
  expect(made.stdout).toMatch(/^http:\/\/localhost:4302\/\?invitation_code=[\w-]{32}\n$/);
  const code = new URL(made.stdout.trim()).searchParams.get("invitation_code") ?? "";
  expect(made.stderr).not.toContain(code);

  const table = await hallpass(["invitations", "list"], { cwd });
  expect(table.stdout).toMatch(
    /^STATUS .*\nopen +org_bookstore +grace@example\.com +editor +\S+ \S+ UTC +inv_\w{32}\n$/,
  );
  const id = /inv_\w+/.exec(table.stdout)?.[0] ?? "";
  const revoked = await hallpass(["invitations", "revoke", id], { cwd });
  expect(revoked).toMatchObject({ code: 0, stdout: "" });

  const json = await hallpass(["invitations", "list", "--json"], { cwd });
  expect(JSON.parse(json.stdout)).toMatchObject([{ id, status: "revoked", roles: ["editor"] }]);
  expect(json.stdout + table.stdout).not.toContain(code);

  const again = await hallpass(["invitations", "revoke", id], { cwd });
  expect(again.code).toBe(1);
  expect(again.stderr).toContain("no open invitation");
});

test("the data of hallpass serve needs its secret, and nothing else", async () => {
  const issuer = `http://localhost:${await freePort()}`;
  const cwd = project({ ...bookstore, users: [], issuer });
  const env = { HALLPASS_SECRET: secret };
  await start(["serve", "--json"], { cwd, env }).ready;
  const refused = await hallpass(toBookstore, { cwd });
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain("HALLPASS_SECRET");
  const made = await hallpass([...toBookstore, "--json", "--days", "1"], { cwd, env });
  const { status, expiresAt, createdAt, link, code } = JSON.parse(made.stdout);
  expect({ status, days: (expiresAt - createdAt) / 86_400_000 }).toEqual({ status: "open", days: 1 });
  expect(link).toContain(code);
});

test.each([
  ["no organization", ["invitations", "create"], 2, "--organization"],
  ["days that are none", [...toBookstore, "--days", "91"], 2, "1 to 90"],
  ["an organization that does not exist", ["invitations", "create", "--organization", "org_x"], 1, "org_x"],
  ["a role that does not exist", [...toBookstore, "--role", "emperor"], 1, "emperor"],
  ["an address that is none", [...toBookstore, "--email", "nobody"], 1, "e-mail address"],
  ["an application that does not exist", [...toBookstore, "--client", "nobody"], 2, "nobody"],
])("refuses %s", async (_, args, exitCode, reason) => {
  const { code, stdout, stderr } = await hallpass(args, { cwd: project(bookstore) });
  expect({ code, stdout }).toEqual({ code: exitCode, stdout: "" });
  expect(stderr).toContain(reason);
});
