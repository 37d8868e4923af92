import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bookstore, freePort, project } from "../../test/project.ts";
import { hallpass } from "../../test/run-hallpass.ts";
import { stoppedAfterEach } from "../../test/servers.ts";

const start = stoppedAfterEach();
const secret = "0123456789abcdef0123456789abcdef";
const issuer = `http://localhost:${await freePort()}`;
const production = { ...bookstore, users: [], issuer };

test("runs without anything that development opens", async () => {
  const cwd = project({ ...production, users: bookstore.users });
  const server = start(["serve", "--json"], { cwd, env: { HALLPASS_SECRET: secret } });
  const { host, port, ...facts } = JSON.parse(await server.ready);
  const url = `http://${host}:${port}`;
  expect(facts).toMatchObject({ ready: true, issuer, data: join(cwd, ".hallpass") });
  expect((await fetch(`${url}/.well-known/openid-configuration`)).status).toBe(200);
  expect((await fetch(`${url}/`)).status).toBe(404);
  expect((await fetch(`${url}/_hallpass/control`)).status).toBe(404);
  expect((await server.stop()).code).toBe(0);
});

test.each([
  ["no secret", [], {}, "needs HALLPASS_SECRET"],
  ["a short secret", [], { HALLPASS_SECRET: "short" }, "has 5 characters"],
  ["--control", ["--control"], { HALLPASS_SECRET: secret }, "has no control endpoint"],
  ["an http issuer", ["--issuer", "http://id.example.com"], { HALLPASS_SECRET: secret }, "neither https nor"],
])("refuses %s", async (_, args, env, reason) => {
  const { code, stderr } = await hallpass(["serve", ...args], { cwd: project(production), env });
  expect(code).toBe(2);
  expect(stderr).toContain(reason);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test("needs a config", async () => {
  const { code, stderr } = await hallpass(["serve"], { cwd: project(), env: { HALLPASS_SECRET: secret } });
  expect(code).toBe(2);
  expect(stderr).toContain("no hallpass.config.ts");
});

test("does not open the data of a development start that failed halfway", async () => {
  const cwd = project(production);
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as AddressInfo;
  const failed = await hallpass(["dev", "--port", String(port)], { cwd });
  taken.close();
  expect(failed.code).toBe(1);
  const served = await hallpass(["serve"], { cwd, env: { HALLPASS_SECRET: secret } });
  expect(served.stderr).toContain("is of hallpass dev");
});

test("does not open the data of development, nor development that of production", async () => {
  const cwd = project(production);
  await start(["dev", "--port", "0", "--json"], { cwd }).ready;
  const served = await hallpass(["serve"], { cwd, env: { HALLPASS_SECRET: secret } });
  expect(served.code).toBe(2);
  expect(served.stderr).toContain("is of hallpass dev");

  await start(["serve", "--data", "live", "--json"], { cwd, env: { HALLPASS_SECRET: secret } }).ready;
  const developed = await hallpass(["dev", "--port", "0", "--data", "live"], { cwd });
  expect(developed.code).toBe(2);
  expect(developed.stderr).toContain("is of hallpass serve");
});
