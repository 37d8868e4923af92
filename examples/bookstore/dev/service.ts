import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { painted } from "./terminal.ts";

/** One of the programs that make up the bookstore. */
export interface ServiceOptions {
  /** What stands before each of its lines. */
  name: string;
  colour: "cyan" | "magenta" | "yellow";
  command: string;
  args: string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Answers with a 2xx status as soon as the program is ready. */
  readyUrl: string;
  /** Gets each line of standard output; returns what is to be shown of it, if anything. Default: all of it. */
  onLine?: (line: string) => string | undefined;
}

export interface Service {
  readonly name: string;
  /** Resolves once it answers; rejects if it ends first, or takes longer than `seconds`. */
  ready(seconds: number): Promise<void>;
  /** Resolves when the program has ended, with how. */
  readonly ended: Promise<string>;
  /** Asks it to end, and after five seconds makes it. */
  stop(): Promise<void>;
}

/** Starts a program, and passes on what it writes, each line with its name in front. */
export function startService(options: ServiceOptions): Service {
  const { name, command, args, cwd, env, readyUrl, onLine = (line) => line } = options;
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const label = painted(options.colour, `${name.padEnd(8)} |`);
  const show = (line: string | undefined) => {
    if (line !== undefined) process.stderr.write(`${label} ${line}\n`);
  };
  createInterface({ input: child.stdout }).on("line", (line) => show(onLine(line)));
  createInterface({ input: child.stderr }).on("line", show);

  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(`could not be started: ${error.message}`));
    child.once("close", (code, signal) =>
      resolve(signal ? `was ended by ${signal}` : `ended with exit code ${code}`),
    );
  });
  return {
    name,
    ended,
    ready: (seconds) =>
      Promise.race([
        answers(readyUrl, seconds),
        ended.then((how) => {
          throw new Error(`${name} ${how} before it was ready. What it wrote is above.`);
        }),
      ]),
    stop: () => stop(child, ended),
  };
}

async function answers(url: string, seconds: number): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
      await response.body?.cancel();
      if (response.ok) return;
    } catch {
      // not yet
    }
    if (performance.now() > deadline) throw new Error(`Nothing answers at ${url} after ${seconds} seconds.`);
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
}

async function stop(child: ChildProcess, ended: Promise<string>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
  const impatience = setTimeout(() => child.kill("SIGKILL"), 5000);
  await ended;
  clearTimeout(impatience);
}
