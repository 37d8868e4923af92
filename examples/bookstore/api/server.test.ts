import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createTestIssuer } from "@hallpass/testing";
import { afterEach, beforeEach, expect, it } from "vitest";

const script = fileURLToPath(new URL("./server.ts", import.meta.url));
let folder: string;
let processes: ChildProcess[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bookstore-api-"));
  processes = [];
});
afterEach(async () => {
  await Promise.all(processes.map((each) => end(each)));
  rmSync(folder, { recursive: true });
});

it("says on which port it listens, and ends cleanly when asked to", async () => {
  await using issuer = await createTestIssuer();
  const { child, output, url } = await startApi({ HALLPASS_ISSUER: issuer.issuer });
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  child.kill("SIGTERM");
  expect(await exitCode(child)).toBe(0);
  expect(output()).not.toMatch(/does not answer|error/i);
});

it("starts while the issuer is away, says so, answers 503, and lets people in once the issuer is back", async () => {
  const port = await freePort();
  const away = `http://localhost:${port}`;
  const { output, url } = await startApi({ HALLPASS_ISSUER: away });
  await expect.poll(output).toContain(`The issuer ${away} does not answer yet`);

  await using issuer = await createTestIssuer();
  const token = await issuer.token({ claims: { iss: away } });
  const refused = await fetch(`${url}/books`, { headers: { authorization: `Bearer ${token}` } });
  expect(refused.status).toBe(503);

  await using back = await createTestIssuer({ port });
  const headers = { authorization: `Bearer ${await back.token()}` };
  await expect
    .poll(async () => (await fetch(`${url}/books`, { headers })).status, { timeout: 15_000 })
    .toBe(200);
  expect(output()).not.toContain(token.slice(-16));
});

it("names the fix when its port is taken, and shows no stack", async () => {
  const taken = createServer();
  const port = await listen(taken);
  const { code, output } = await runApi({ API_PORT: String(port) });
  taken.close();
  expect(code).toBe(1);
  expect(output).toContain(`Port ${port} is taken by another program.`);
  expect(output).toContain("API_PORT=");
  expect(output).not.toMatch(/^\s+at /m);
});

it("names the fix when the books cannot be kept where they should", async () => {
  const file = join(folder, "a-file");
  writeFileSync(file, "");
  const { code, output } = await runApi({ BOOKS_FILE: join(file, "books.sqlite") });
  expect(code).toBe(1);
  expect(output).toContain("BOOKS_FILE");
  expect(output).not.toMatch(/^\s+at /m);
});

it.each([
  ["API_PORT", "http"],
  ["API_PORT", "70000"],
  ["WEB_ORIGIN", "http://localhost:4302/"],
])("names the variable when %s is %s", async (name, value) => {
  const { code, output } = await runApi({ [name]: value });
  expect(code).toBe(1);
  expect(output).toContain(`${name} is ${JSON.stringify(value)}`);
});

function spawnApi(env: Record<string, string>) {
  const child = spawn(process.execPath, [script], {
    env: {
      ...process.env,
      API_PORT: "0",
      API_HOST: "127.0.0.1",
      BOOKS_FILE: join(folder, "books.sqlite"),
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  processes.push(child);
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      text += chunk;
    });
  }
  return { child, output: () => text };
}

async function startApi(env: Record<string, string>) {
  const { child, output } = spawnApi(env);
  await expect.poll(output, { timeout: 15_000 }).toMatch(/listens on (\S+)/);
  return { child, output, url: /listens on (\S+)/.exec(output())?.[1] ?? "" };
}

async function runApi(env: Record<string, string>) {
  const { child, output } = spawnApi(env);
  return { code: await exitCode(child), output: output() };
}

function exitCode(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode);
    else child.once("close", (code) => resolve(code));
  });
}

async function end(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await exitCode(child);
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}
