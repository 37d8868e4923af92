import { createVerifier } from "@hallpass/tokens";
import { expect, test } from "vitest";
import { bookstore, freePort, project } from "../../test/project.ts";
import { hallpass } from "../../test/run-hallpass.ts";
import { stoppedAfterEach } from "../../test/servers.ts";

const start = stoppedAfterEach();
const dev = ["dev", "--port", "0"];

async function verified(issuer: string, token: string) {
  const verifier = createVerifier({ issuer, audience: "https://api.bookstore.example" });
  return await verifier.verify(token.trim());
}

test("the token alone is on stdout, and the running server's keys verify it", async () => {
  const cwd = project(bookstore);
  const { issuer } = JSON.parse(await start([...dev, "--json"], { cwd }).ready);
  const { code, stdout, stderr } = await hallpass(["token", "--user", "ada@example.com"], { cwd });
  expect(stderr).toContain("Valid for 60 minutes");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\S+\n$/);
  const token = await verified(issuer, stdout);
  expect(token.permissions).toEqual(["create:books"]);
  expect(token.organization).toBe("org_bookstore");
  expect(token.clientId).toBe("bookstore-web");
  const explained = await hallpass(["explain", "-"], { cwd, input: stdout });
  expect(explained.stdout).toContain("Accepted");
  expect(explained.code).toBe(0);
});

test("a token made while nothing runs is valid when hallpass dev is started", async () => {
  const issuer = `http://localhost:${await freePort()}`;
  const cwd = project({ ...bookstore, issuer });
  const { stdout } = await hallpass(["token", "--user", "ada@example.com"], { cwd });
  await start(["dev", "--json"], { cwd }).ready;
  expect((await verified(issuer, stdout)).permissions).toEqual(["create:books"]);
});

test.each([
  [["--user", "nobody@example.com"], "no user"],
  [["--user", "ada@example.com", "--audience", "https://other.example"], "audience"],
  [["--user", "ada@example.com", "--organization", "org_other"], "organization"],
  [["--user", "ada@example.com", "--client", "other-web"], "no such application"],
])("hallpass token %j says what is unknown", async (args, name) => {
  const { code, stdout, stderr } = await hallpass(["token", ...args], { cwd: project(bookstore) });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain(name);
  expect(stderr).not.toMatch(/^\s+at /m);
});
