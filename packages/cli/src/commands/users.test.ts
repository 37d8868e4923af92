import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bookstore, project } from "../../test/project.ts";
import { hallpass } from "../../test/run-hallpass.ts";
import { stoppedAfterEach } from "../../test/servers.ts";

const start = stoppedAfterEach();

test("users list shows a table, or JSON without anything secret", async () => {
  const cwd = project(bookstore);
  await start(["dev", "--port", "0", "--json"], { cwd }).ready;
  const table = await hallpass(["users", "list"], { cwd });
  expect(table.stdout).toMatch(
    /^EMAIL +NAME +ORGANIZATIONS +ID\nada@example\.com +Ada +org_bookstore editor +\S+\n$/,
  );
  const json = await hallpass(["users", "list", "--json"], { cwd });
  expect(JSON.parse(json.stdout)).toEqual([expect.objectContaining({ email: "ada@example.com" })]);
  expect(json.stdout).not.toMatch(/password|argon2/i);
});

test("in a folder without config and data it says that these are not one's own users", async () => {
  const cwd = mkdtempSync(join(tmpdir(), "hallpass-elsewhere-"));
  const { stderr } = await hallpass(["users", "list"], { cwd });
  expect(stderr).toContain("this is the built-in example");
  expect(stderr).toContain("--config FILE");
});
