import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../dist/main.js", import.meta.url));

export interface RunOptions {
  cwd: string;
  env?: Record<string, string>;
  /** Written to standard input, which is then closed. */
  input?: string;
  /** The Node that runs the command; default: the one that runs the tests. */
  node?: string;
}

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  /** The first line on stdout that begins with `{` or `ready`; rejects when the command ends before. */
  readonly ready: Promise<string>;
  readonly process: ChildProcess;
  /** Sends the signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<Outcome>;
  readonly outcome: Promise<Outcome>;
}

/** Starts the real command as a process of its own, in a clean environment without a terminal. */
export function startHallpass(args: readonly string[], options: RunOptions): Running {
  const child = spawn(options.node ?? process.execPath, [bin, ...args], {
    cwd: options.cwd,
    env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const outcome = once(child, "close").then(([code]): Outcome => ({ code, stdout, stderr }));
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      const line = stdout.split("\n").find((candidate) => /^(\{.*\}$|ready\b)/.test(candidate));
      if (line !== undefined) resolve(line);
    });
    outcome.then(({ code }) => reject(new Error(`hallpass ${args.join(" ")} ended with ${code}: ${stderr}`)));
  });
  ready.catch(() => undefined);
  // A command that ends without reading its input closes the pipe.
  child.stdin.on("error", () => undefined).end(options.input ?? "");
  return {
    ready,
    process: child,
    outcome,
    async stop(signal = "SIGTERM") {
      child.kill(signal);
      return await outcome;
    },
  };
}

/** Runs the real command to its end. */
export function hallpass(args: readonly string[], options: RunOptions): Promise<Outcome> {
  return startHallpass(args, options).outcome;
}
