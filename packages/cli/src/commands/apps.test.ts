import { expect, test } from "vitest";
import { bookstore, freePort, project } from "../../test/project.ts";
import { hallpass } from "../../test/run-hallpass.ts";
import { stoppedAfterEach } from "../../test/servers.ts";

const start = stoppedAfterEach();
const audience = "https://api.bookstore.example";
const config = {
  ...bookstore,
  applications: [
    ...bookstore.applications,
    { clientId: "bookstore-jobs", name: "Nightly jobs", type: "machine", apis: [{ audience }] },
  ],
};

async function tokenStatus(issuer: string, secret: string): Promise<number> {
  const { status } = await fetch(`${issuer}/oauth2/token`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`bookstore-jobs:${secret}`)}` },
    body: new URLSearchParams({ grant_type: "client_credentials", audience }),
  });
  return status;
}

test("replaces a secret without a gap, beside the running server", async () => {
  const cwd = project(config);
  const { issuer } = JSON.parse(await start(["dev", "--port", "0", "--json"], { cwd }).ready);
  const run = (...args: string[]) => hallpass(["apps", ...args], { cwd });
  expect((await run("list")).stdout).toMatch(
    /^CLIENT ID +TYPE +AUTHENTICATES WITH +NAME\nbookstore-jobs +machine +no secret yet +Nightly jobs\nbookstore-web +spa +nothing \(public\) +bookstore-web\n$/,
  );

  const first = await run("secret", "add", "bookstore-jobs");
  expect(first.stdout).toMatch(/^[a-zA-Z0-9]{40,60}\n$/);
  expect(first.stderr).toContain("cannot be shown again");
  expect(first.stderr).not.toContain(first.stdout.trim());
  const second = JSON.parse((await run("secret", "add", "bookstore-jobs", "--json")).stdout);
  expect(second).toEqual({
    clientId: "bookstore-jobs",
    id: expect.stringMatching(/^sec_/),
    secret: expect.any(String),
  });
  const secrets = [first.stdout.trim(), second.secret];
  expect(await Promise.all(secrets.map((secret) => tokenStatus(issuer, secret)))).toEqual([200, 200]);

  const third = await run("secret", "add", "bookstore-jobs");
  expect(third).toMatchObject({ code: 1, stdout: "" });
  expect(third.stderr).toContain("hallpass apps secret list bookstore-jobs");

  const table = (await run("secret", "list", "bookstore-jobs")).stdout;
  expect(table).toMatch(/^ID +FROM +MADE +LAST USED\n(sec_\w+ +apps secret add +\S+Z +\S+Z\n){2}$/);
  const listed = JSON.parse((await run("secret", "list", "bookstore-jobs", "--json")).stdout);
  for (const secret of secrets) expect(table + JSON.stringify(listed)).not.toContain(secret);

  const old = listed.find(({ id }: { id: string }) => id !== second.id).id;
  const unclear = await run("secret", "revoke", "bookstore-jobs");
  expect(unclear.code).toBe(1);
  expect(unclear.stderr).toContain(old);
  const revoked = await run("secret", "revoke", "bookstore-jobs", old, "--json");
  expect(JSON.parse(revoked.stdout)).toEqual({ clientId: "bookstore-jobs", id: old, left: 1 });
  expect(await Promise.all(secrets.map((secret) => tokenStatus(issuer, secret)))).toEqual([401, 200]);
}, 60_000);

test("works on the data of hallpass serve, without its secret and config", async () => {
  const issuer = `http://localhost:${await freePort()}`;
  const cwd = project({ ...config, users: [], issuer });
  const env = { HALLPASS_SECRET: "0123456789abcdef0123456789abcdef" };
  await start(["serve", "--json"], { cwd, env }).ready;
  const elsewhere = project();
  const data = ["--data", `${cwd}/.hallpass`];
  const { stdout } = await hallpass(["apps", "secret", "add", "bookstore-jobs", ...data], { cwd: elsewhere });
  expect(await tokenStatus(issuer, stdout.trim())).toBe(200);
  const revoked = await hallpass(["apps", "secret", "revoke", "bookstore-jobs", ...data], { cwd: elsewhere });
  expect(revoked.stderr).toContain("It has none left");
  expect(await tokenStatus(issuer, stdout.trim())).toBe(401);
});

test.each([
  ["no data", ["list"], 2, "--data DIR"],
  ["no application", ["secret", "add"], 2, "client-id"],
  ["an unknown command", ["secret", "show", "bookstore-jobs"], 2, "unknown command"],
])("says what is wrong: %s", async (_what, args, code, text) => {
  const outcome = await hallpass(["apps", ...args], { cwd: project(config) });
  expect(outcome.code).toBe(code);
  expect(outcome.stderr).toContain(text);
  expect(outcome.stdout).toBe("");
});

test("dev says which application still needs a secret, and how it gets one", async () => {
  const server = start(["dev", "--port", "0"], { cwd: project(config) });
  await server.ready;
  const { stdout } = await server.stop();
  expect(stdout).toContain(
    `bookstore-jobs (machine, calls ${audience} in its own name, its secret: hallpass apps secret add bookstore-jobs)`,
  );
});

test.each([
  ["apps"],
  ["apps", "list"],
  ["apps", "secret"],
  ["apps", "secret", "add"],
  ["apps", "secret", "list"],
  ["apps", "secret", "revoke"],
])("has help with examples: %s %s %s", async (...args) => {
  const { code, stdout } = await hallpass([...args.filter(Boolean), "--help"], { cwd: project() });
  expect(code).toBe(0);
  expect(stdout).toMatch(/Examples:\n {2}# .+\n {2}.*hallpass apps/);
});
