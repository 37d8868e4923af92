import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** A bookstore of one's own: identity server, API and web front end on free ports, with an empty data folder. */
export interface Bookstore {
  issuer: string;
  apiUrl: string;
  webUrl: string;
  audience: string;
  clientId: string;
  /** Changes how the identity server behaves: clock, lifetimes, faults. */
  control(change: Record<string, unknown>): Promise<void>;
  /** Makes the identity server behave again, and sets its counters to zero. */
  heal(): Promise<void>;
  /** How often each endpoint of the identity server was asked since it was last healed. */
  requests(): Promise<Record<string, number>>;
  /** What `hallpass` prints, run with these arguments over the data of this bookstore. */
  hallpass(...args: string[]): Promise<string>;
  /** Everything that the three programs have written so far. */
  log(): string;
  stop(): Promise<void>;
}

const script = fileURLToPath(new URL("../../examples/bookstore/dev.ts", import.meta.url));
const command = fileURLToPath(new URL("../../packages/cli/dist/main.js", import.meta.url));

/** The API that the shop runs on. */
export type ApiName = "express" | "fastapi";

/** Starts the bookstore as `npm start` does, but on free ports and with the control endpoint. */
export async function startBookstore({ api: apiName = "express" as ApiName } = {}): Promise<Bookstore> {
  const folder = await mkdtemp(join(tmpdir(), "hallpass-e2e-"));
  const [identity, api, web] = await freePorts(3);
  const env = {
    ...process.env,
    HALLPASS_PORT: String(identity),
    API_PORT: String(api),
    WEB_PORT: String(web),
  };
  const child = spawn(process.execPath, [script, "--api", apiName, "--control", "--json", "--data", folder], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const written: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => written.push(line));
  const facts = await readFacts(child, written);
  const ask = async (method: string, body?: object) => {
    const response = await fetch(facts.controlUrl, {
      method,
      headers: {
        "hallpass-control": facts.controlSecret,
        ...(body && { "content-type": "application/json" }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`control answered ${response.status}: ${await response.text()}`);
    return response;
  };
  return {
    ...facts,
    control: async (change) => void (await ask("POST", change)),
    heal: async () => void (await ask("DELETE")),
    requests: async () => (await (await ask("GET")).json()).requests,
    async hallpass(...args) {
      const { stdout } = await promisify(execFile)(process.execPath, [command, ...args, "--data", folder], {
        cwd: dirname(script),
        env,
      });
      return stdout.trim();
    },
    log: () => written.join("\n"),
    async stop() {
      child.kill("SIGTERM");
      await new Promise((resolve) => child.once("close", resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface Facts {
  issuer: string;
  apiUrl: string;
  webUrl: string;
  audience: string;
  clientId: string;
  controlUrl: string;
  controlSecret: string;
}

function readFacts(child: ChildProcess, written: string[]): Promise<Facts> {
  return new Promise((resolve, reject) => {
    if (!child.stdout) throw new Error("the bookstore was started without a pipe for its output");
    createInterface({ input: child.stdout }).on("line", (line) => {
      written.push(line);
      if (line.startsWith("{")) resolve(JSON.parse(line));
    });
    child.once("close", (code) =>
      reject(new Error(`the bookstore ended with exit code ${code}:\n${written.join("\n")}`)),
    );
  });
}

/** Ports that were free a moment ago; all are held until all are known, so that no two are the same. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
