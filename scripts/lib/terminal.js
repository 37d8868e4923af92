// @ts-check
// What the commands print: colours and a moving clock on a terminal, plain lines everywhere else.
import process from "node:process";

const { env, stdout } = process;
/** Whether what we print, and what we run prints, is coloured. */
export const colours =
  env.FORCE_COLOR !== undefined ? env.FORCE_COLOR !== "0" : Boolean(stdout.isTTY) && !env.NO_COLOR;
const moving = Boolean(stdout.isTTY) && !env.CI;

/** @param {number} code */
const paint = (code) => (/** @type {string} */ text) => (colours ? `\x1b[${code}m${text}\x1b[0m` : text);

export const bold = paint(1);
export const dim = paint(2);
export const red = paint(31);
export const green = paint(32);
export const yellow = paint(33);

/** @param {string} line */
export function say(line = "") {
  stdout.write(`${line}\n`);
}

/** Milliseconds as people read them. @param {number} milliseconds */
export function duration(milliseconds) {
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/**
 * Runs one slow step and shows that it is alive: a clock on a terminal, a line every 30 s in a log.
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const start = Date.now();
  const elapsed = () => duration(Date.now() - start);
  if (!moving) say(`${title} …`);
  const timer = setInterval(
    () => {
      if (moving) stdout.write(`\r${title} … ${dim(elapsed())}\x1b[K`);
      else say(`${title} … ${elapsed()} so far`);
    },
    moving ? 200 : 30_000,
  );
  try {
    const result = await work();
    say(`${moving ? "\r" : ""}${title}: ${green("done")} in ${elapsed()}${moving ? "\x1b[K" : ""}`);
    return result;
  } catch (error) {
    say(`${moving ? "\r" : ""}${title}: ${red("failed")} after ${elapsed()}${moving ? "\x1b[K" : ""}`);
    throw error;
  } finally {
    clearInterval(timer);
  }
}

/** A failure whose message is all that the user needs: it is printed without a stack. */
export class PlainError extends Error {}

/**
 * Runs a command's main function: a plain failure is one message and exit code 1.
 * @param {() => Promise<number | void>} main returns the exit code
 */
export async function command(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    process.stderr.write(
      `${error instanceof PlainError ? `\n${red(error.message)}` : error instanceof Error ? error.stack : error}\n`,
    );
    process.exitCode = 1;
  }
}
