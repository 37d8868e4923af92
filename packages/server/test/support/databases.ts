import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** A database server of this test's own, on a free port. */
export interface TestDatabase {
  readonly url: string;
  stop(): Promise<void>;
}

const debian = "/usr/lib/postgresql";

/** Where PostgreSQL's programs are: Debian keeps them off the PATH. */
function postgresFolder(): string | undefined {
  const named = process.env.HALLPASS_POSTGRES;
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...(named ? [named] : []),
    ...versions.map((version) => join(debian, version, "bin")),
    ...(process.env.PATH ?? "").split(delimiter),
  ];
  return folders.find((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres")));
}

function redisProgram(): string | undefined {
  const named = process.env.HALLPASS_REDIS;
  const folders = (process.env.PATH ?? "").split(delimiter);
  return named || folders.map((folder) => join(folder, "redis-server")).find(existsSync);
}

export const hasPostgres = postgresFolder() !== undefined;
export const hasRedis = redisProgram() !== undefined;

/** PostgreSQL refuses to run as root: then it runs as the user that Debian has made for it. */
function postgresUser(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

export async function startPostgres(): Promise<TestDatabase> {
  const programs = postgresFolder() ?? "";
  const folder = mkdtempSync(join(tmpdir(), "hallpass-postgres-"));
  const user = postgresUser();
  chmodSync(folder, 0o700);
  if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid);
  const data = join(folder, "data");
  execFileSync(
    join(programs, "initdb"),
    ["--pgdata", data, "--username=test", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"],
    { ...user, cwd: folder, stdio: "pipe" },
  );
  const port = await freePort();
  const child = spawn(
    join(programs, "postgres"),
    [
      "-D",
      data,
      "-p",
      `${port}`,
      "-c",
      "listen_addresses=127.0.0.1",
      "-c",
      `unix_socket_directories=${folder}`,
    ],
    { ...user, cwd: folder, stdio: ["ignore", "ignore", "pipe"] },
  );
  await says(child, child.stderr, "ready to accept connections");
  return {
    url: `postgres://test@127.0.0.1:${port}/postgres`,
    stop: async () => {
      // Fast shutdown: whoever is still connected is not waited for.
      await end(child, "SIGINT");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function startRedis(): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), "hallpass-redis-"));
  const port = await freePort();
  const child = spawn(
    redisProgram() ?? "",
    ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  await says(child, child.stdout, "Ready to accept connections");
  return {
    url: `redis://127.0.0.1:${port}`,
    stop: async () => {
      await end(child, "SIGTERM");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function says(child: ChildProcess, stream: NodeJS.ReadableStream | null, text: string): Promise<void> {
  let seen = "";
  await new Promise<void>((resolve, reject) => {
    stream?.on("data", (chunk) => {
      if (seen.includes(text)) return;
      seen += chunk;
      if (seen.includes(text)) resolve();
    });
    child.once("exit", (code) => reject(new Error(`it ended with ${code}: ${seen}`)));
    child.once("error", reject);
  });
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
