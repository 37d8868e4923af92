import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A program of `apps/` that runs in a process of its own. */
export interface Program {
  /** What it has said when it was ready: its address. */
  url: string;
  stop(): Promise<void>;
}

/** Starts a program of `apps/`; it is ready when it has written one line. */
export async function startProgram(name: string, env: Record<string, string>): Promise<Program> {
  const child = spawn(
    process.execPath,
    ["--no-warnings", fileURLToPath(new URL(`../apps/${name}`, import.meta.url))],
    { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "inherit"] },
  );
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`${name} ended with exit code ${code} before it was ready`);
  });
  const [url] = (await Promise.race([once(lines, "line"), ended])) as [string];
  ended.catch(() => {});
  return { url, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "exit");
}
