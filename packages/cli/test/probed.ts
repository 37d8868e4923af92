import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort, project } from "./project.ts";
import { hallpass, type Outcome } from "./run-hallpass.ts";

const folder = fileURLToPath(new URL("./peers", import.meta.url));
const installer = fileURLToPath(new URL("../../../scripts/install-folder.js", import.meta.url));

/** Installs the libraries that the APIs of `test/peers` check tokens with. */
export async function installPeers(): Promise<void> {
  await promisify(execFile)(process.execPath, [installer, folder]);
}

export interface Report {
  outcome: string;
  faults: number;
  open: boolean;
  skipped: string[];
  goneAfter: string | null;
  withoutChallenge: number;
  findings: {
    name: string;
    verdict: string;
    status: number | null;
    fault: boolean;
    why?: string;
    fix?: string;
  }[];
}

/** Starts an API of `test/peers` that trusts a test issuer on this port, and runs the probe against it. */
export async function probePeer(
  name: string,
  args: readonly string[] = [],
  node?: string,
): Promise<Outcome & { report: Report }> {
  const port = await freePort();
  const child = spawn(process.execPath, [`${folder}/${name}.js`], {
    env: {
      ...process.env,
      NODE_ENV: "test",
      ISSUER: `http://localhost:${port}`,
      AUDIENCE: "https://api.bookstore.example",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [url] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
    const outcome = await hallpass(["probe", url, "--test-issuer", String(port), "--json", ...args], {
      cwd: project(),
      ...(node !== undefined && { node }),
    });
    return { ...outcome, report: JSON.parse(outcome.stdout) };
  } finally {
    child.kill();
    await once(child, "close");
  }
}

/** The names of what is wrong, by how. */
export function faultsOf({ findings }: Report): Record<string, string[]> {
  const faults: Record<string, string[]> = {};
  for (const { name, verdict, fault } of findings) {
    if (fault) faults[verdict] = [...(faults[verdict] ?? []), name];
  }
  return faults;
}

/** Serves on loopback while `use` runs. */
export async function serving<T>(listener: RequestListener, use: (url: string) => Promise<T>): Promise<T> {
  const server = createServer({ maxHeaderSize: 128 * 1024 }, listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  try {
    return await use(`http://127.0.0.1:${port}/books`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
