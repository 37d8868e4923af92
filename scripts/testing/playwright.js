// @ts-check
// Runs the browser tests of e2e and turns Playwright's JSON report into a suite.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { capture, handOver } from "../lib/run.js";
import { root } from "../lib/workspace.js";
import { emptySuite } from "./suite.js";

/**
 * @typedef {import("./suite.js").Suite} Suite
 * @typedef {{ title: string, line: number, tests: { status: string, projectName?: string, annotations?: { type: string, description?: string }[] }[] }} Spec
 * @typedef {{ title: string, file: string, specs?: Spec[], suites?: PlaywrightSuite[] }} PlaywrightSuite
 * @typedef {{ suites: PlaywrightSuite[], errors: { message?: string }[], stats: { duration: number } }} Report
 */

const config = "e2e/playwright.config.ts";

/**
 * @param {object} options
 * @param {string} options.node
 * @param {NodeJS.ProcessEnv} options.env
 * @param {string} options.resultsFolder
 * @param {number} options.limit in milliseconds; what is still running then has failed
 * @param {readonly string[]} [options.filters]
 * @param {string} [options.skip] why the tests are only listed, not run
 * @returns {Promise<Suite[]>} none where there are no browser tests
 */
export async function runPlaywright({ node, env, resultsFolder, limit, filters = [], skip }) {
  if (!existsSync(join(root, config))) return [];
  const outputFile = join(resultsFolder, "playwright.json");
  const cli = join(root, "node_modules/@playwright/test/cli.js");
  const args = [cli, "test", `--config=${config}`, "--pass-with-no-tests", ...filters];
  const environment = { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: outputFile };
  let code = 0;
  if (skip === undefined)
    code = await handOver(node, [...args, "--reporter=list,json"], { env: environment, limit });
  else await capture(node, [...args, "--list", "--reporter=json"], { env: environment });
  return readPlaywrightReport(outputFile, code, skip);
}

/**
 * @param {string} outputFile
 * @param {number} code Playwright's exit code
 * @param {string} [skip]
 * @returns {Suite[]}
 */
export function readPlaywrightReport(outputFile, code, skip) {
  const suite = emptySuite("e2e");
  if (existsSync(outputFile)) {
    /** @type {Report} */
    const report = JSON.parse(readFileSync(outputFile, "utf8"));
    suite.milliseconds = report.stats.duration;
    for (const child of report.suites) addSuite(suite, child, [], skip);
    for (const { message = "" } of report.errors)
      suite.failed.push(message.split("\n")[0] || "an error outside of any test");
  }
  if (code !== 0 && suite.failed.length === 0) suite.failed.push(`Playwright ended with exit code ${code}`);
  return suite.passed + suite.failed.length + suite.skipped.length > 0 ? [suite] : [];
}

/** @param {Suite} suite @param {PlaywrightSuite} node @param {readonly string[]} titles @param {string} [skip] */
function addSuite(suite, node, titles, skip) {
  for (const { title, line, tests } of node.specs ?? []) {
    for (const { status, projectName, annotations = [] } of tests) {
      const name = [
        `${node.file}:${line}`,
        ...titles,
        title,
        ...(projectName ? [`[${projectName}]`] : []),
      ].join(" › ");
      if (skip !== undefined) suite.skipped.push({ name, reason: skip });
      else if (status === "skipped") {
        const reason = annotations.find(({ type }) => type === "skip")?.description;
        suite.skipped.push({ name, ...(reason !== undefined && { reason }) });
      } else if (status === "unexpected") suite.failed.push(name);
      else suite.passed += 1;
    }
  }
  for (const child of node.suites ?? []) addSuite(suite, child, [...titles, child.title], skip);
}
