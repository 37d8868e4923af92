// @ts-check
// What a suite reports, and how all of them are summed up.
import { bold, dim, duration, green, red, say, yellow } from "../lib/terminal.js";

/**
 * @typedef {{ name: string, reason?: string }} Skipped reason: why, where the runner knows
 * @typedef {{ name: string, passed: number, failed: string[], skipped: Skipped[], milliseconds: number }} Suite
 *   failed: the names of the tests that failed
 */

/** @param {string} name @returns {Suite} */
export function emptySuite(name) {
  return { name, passed: 0, failed: [], skipped: [], milliseconds: 0 };
}

/**
 * A thing that either works or does not, as a suite of one test.
 * @param {string} name
 * @param {() => Promise<{ ok: boolean, output?: string }>} work
 * @returns {Promise<Suite>}
 */
export async function single(name, work) {
  const start = Date.now();
  const { ok, output } = await work();
  if (!ok && output) say(output);
  return {
    ...emptySuite(name),
    passed: ok ? 1 : 0,
    failed: ok ? [] : [name],
    milliseconds: Date.now() - start,
  };
}

/** The line that sums it all up. @param {readonly Suite[]} suites */
export function totals(suites) {
  const passed = suites.reduce((sum, suite) => sum + suite.passed, 0);
  const failed = suites.reduce((sum, suite) => sum + suite.failed.length, 0);
  const skipped = suites.reduce((sum, suite) => sum + suite.skipped.length, 0);
  return { failed, line: `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}` };
}

/**
 * Prints a table of the suites, the names of what was skipped and failed and, as the very last line, the totals.
 * @param {readonly Suite[]} suites
 * @returns {number} the exit code
 */
export function report(suites) {
  const width = Math.max(12, ...suites.map(({ name }) => name.length)) + 2;
  say();
  say(
    bold(
      `${"Suite".padEnd(width)}${"passed".padStart(8)}${"failed".padStart(8)}${"skipped".padStart(9)}   time`,
    ),
  );
  for (const { name, passed, failed, skipped, milliseconds } of suites) {
    const mark = failed.length > 0 ? red : skipped.length > 0 ? yellow : green;
    const counts = `${String(passed).padStart(8)}${String(failed.length).padStart(8)}${String(skipped.length).padStart(9)}`;
    say(`${mark(name.padEnd(width))}${counts}   ${dim(duration(milliseconds))}`);
  }
  const skipped = suites.flatMap((suite) => suite.skipped.map((test) => ({ suite: suite.name, ...test })));
  if (skipped.length > 0) say(`\n${yellow("Skipped:")}`);
  for (const { suite, name, reason } of skipped)
    say(`  ${suite}: ${name}${reason ? dim(` (${reason})`) : ""}`);
  const failed = suites.flatMap((suite) => suite.failed.map((name) => ({ suite: suite.name, name })));
  if (failed.length > 0) say(`\n${red("Failed:")}`);
  for (const { suite, name } of failed) say(`  ${suite}: ${name}`);
  const sum = totals(suites);
  say();
  say(sum.line);
  return sum.failed > 0 ? 1 : 0;
}
