import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { requirePython } from "./python.ts";

export interface RunningApi extends AsyncDisposable {
  readonly url: string;
  /** Everything that it has written so far. */
  log(): string;
}

/** Starts a program of this folder that listens on `API_PORT`, and waits until it answers. */
export async function startApi(args: readonly string[], env: Record<string, string>): Promise<RunningApi> {
  const port = await freePort();
  const child = spawn(
    requirePython(),
    args.map((arg) => arg.replace("PORT", String(port))),
    {
      cwd: fileURLToPath(new URL(".", import.meta.url)),
      env: {
        ...process.env,
        PYTHONDONTWRITEBYTECODE: "1",
        API_PORT: String(port),
        BOOKS_FILE: ":memory:",
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let written = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      written += chunk;
    });
  }
  const ended = once(child, "close");
  const url = `http://localhost:${port}`;
  const listening = async () => {
    for (;;) {
      if (child.exitCode !== null) throw new Error(`the API ended with ${child.exitCode}:\n${written}`);
      const answered = await fetch(url).then(
        () => true,
        () => false,
      );
      if (answered) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  await listening();
  return {
    url,
    log: () => written,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** A port nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
