// @ts-check
// Other programs: run quietly and keep their output, or run with the terminal handed over.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import process from "node:process";
import { root } from "./workspace.js";

/**
 * @typedef {{ cwd?: string, env?: NodeJS.ProcessEnv, timeout?: number }} RunOptions timeout in milliseconds
 */

/**
 * Runs a program without showing its output. Never rejects: a program that cannot be started has code 127.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<{ code: number, output: string, stdout: string }>} output is stdout and stderr as they came
 */
export function capture(program, args, { cwd = root, env = process.env, timeout } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env, timeout, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (chunk) => {
      output += chunk;
      stdout += chunk;
    });
    child.stderr.setEncoding("utf8").on("data", (chunk) => {
      output += chunk;
    });
    child.on("error", (error) => resolve({ code: 127, output: `${output}${error.message}\n`, stdout }));
    child.on("close", (code, signal) => resolve({ code: exitCode(code, signal), output, stdout }));
  });
}

/**
 * Runs a program that writes to our terminal, and passes on a request to stop.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, stdin?: boolean, limit?: number }} [options] limit, in milliseconds:
 *   a program that is still running then is killed with all its children
 * @returns {Promise<number>} its exit code; 124 when it was killed
 */
export function handOver(program, args, { cwd = root, env = process.env, stdin = false, limit } = {}) {
  return new Promise((resolve, reject) => {
    // A group of its own is needed only to kill it whole; without one, Ctrl-C reaches it from the terminal itself.
    const detached = limit !== undefined && process.platform !== "win32";
    const stdio = /** @type {const} */ ([stdin ? "inherit" : "ignore", "inherit", "inherit"]);
    const child = spawn(program, args, { cwd, env, stdio: [...stdio], detached });
    let killed = false;
    /** @param {NodeJS.Signals} signal */
    const send = (signal) => {
      if (detached && child.pid !== undefined) process.kill(-child.pid, signal);
      else child.kill(signal);
    };
    const interrupt = () => detached && send("SIGINT");
    const terminate = () => send("SIGTERM");
    const timer = setTimeout(
      () => {
        killed = true;
        send("SIGKILL");
      },
      limit ?? 2 ** 31 - 1,
    );
    process.on("SIGINT", interrupt).on("SIGTERM", terminate);
    const done = () => {
      clearTimeout(timer);
      process.off("SIGINT", interrupt).off("SIGTERM", terminate);
    };
    child.on("error", (error) => {
      done();
      reject(error);
    });
    child.on("close", (code, signal) => {
      done();
      resolve(killed ? 124 : exitCode(code, signal));
    });
  });
}

/** @param {number | null} code @param {NodeJS.Signals | null} signal */
function exitCode(code, signal) {
  return code ?? 128 + (signal ? constants.signals[signal] : 1);
}
