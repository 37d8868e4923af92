import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const script = fileURLToPath(new URL("./dev.ts", import.meta.url));

it("says what it takes", async () => {
  const { code, output } = await run(["--help"]);
  expect(code).toBe(0);
  expect(output).toContain("--api NAME");
  expect(output).toContain("WEB_PORT");
});

it("names every port that is taken, what it is for, and how to take others", async () => {
  const [web, api] = [await takePort("127.0.0.1"), await takePort("::1").catch(() => takePort("127.0.0.1"))];
  try {
    const { code, output } = await run([], { WEB_PORT: String(web.port), API_PORT: String(api.port) });
    expect(code).toBe(1);
    expect(output).toContain(`${web.port}, for the web front end`);
    expect(output).toContain(`${api.port}, for the API`);
    expect(output).toMatch(/API_PORT=\d+ WEB_PORT=\d+ npm start/);
    expect(output).not.toMatch(/^\s+at /m);
  } finally {
    web.close();
    api.close();
  }
});

it.each([
  [["--api", "cobol"], {}, 'There is no API called "cobol". Known: express, fastapi.'],
  [["--port", "1"], {}, "--port"],
  [[], { API_PORT: "here" }, 'API_PORT is "here"'],
  [[], { API_PORT: "4321", WEB_PORT: "4321" }, "WEB_PORT is 4321, which another part"],
])("refuses %j with %j and says what is wrong", async (args, env, sentence) => {
  const { code, output } = await run(args, env);
  expect(code).toBe(1);
  expect(output).toContain(sentence);
  expect(output).not.toMatch(/^\s+at /m);
});

it("starts everything, says where in one line of JSON, and stops everything", async () => {
  const data = mkdtempSync(join(tmpdir(), "bookstore-"));
  const taken = await Promise.all([1, 2, 3].map(() => takePort("127.0.0.1")));
  const [identity = 0, api = 0, web = 0] = taken.map(({ port }) => port);
  for (const { close } of taken) close();
  const child = spawn(process.execPath, [script, "--json", "--data", data], {
    env: { ...process.env, HALLPASS_PORT: String(identity), API_PORT: String(api), WEB_PORT: String(web) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  child.stderr.on("data", (chunk) => {
    log += chunk;
  });
  try {
    const line = await new Promise<string>((resolve, reject) => {
      child.stdout.once("data", (chunk) => resolve(String(chunk)));
      child.once("close", (code) => reject(new Error(`ended with ${code} before it was ready:\n${log}`)));
    });
    const issuer = `http://localhost:${identity}`;
    const apiUrl = `http://localhost:${api}`;
    const webUrl = `http://localhost:${web}`;
    expect(JSON.parse(line)).toMatchObject({ ready: true, issuer, apiUrl, webUrl });
    const discovery = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
    expect(discovery).toMatchObject({ issuer });
    expect((await fetch(`${apiUrl}/books`)).status).toBe(401);
    expect(await (await fetch(webUrl)).text()).toContain('<div id="root">');

    const ended = new Promise((resolve) => child.once("close", resolve));
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    for (const url of [issuer, apiUrl, webUrl]) await expect(fetch(url)).rejects.toThrow();
  } finally {
    child.kill("SIGTERM");
    rmSync(data, { recursive: true, force: true });
  }
});

function run(
  args: string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script, ...args], { env: { ...process.env, ...env } });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        output += chunk;
      });
    }
    child.once("close", (code) => resolve({ code, output }));
  });
}

function takePort(host: string): Promise<{ port: number; close: () => void }> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, host, () => {
      resolve({ port: (server.address() as { port: number }).port, close: () => server.close() });
    });
  });
}
