// @ts-check
// Runs Vitest and turns its JSON report into suites, one a package.
import { existsSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { capture, handOver } from "../lib/run.js";
import { root } from "../lib/workspace.js";
import { emptySuite } from "./suite.js";

/**
 * @typedef {import("./suite.js").Suite} Suite
 * @typedef {{ fullName: string, status: string, duration?: number | null }} Assertion
 * @typedef {{ name: string, status: string, message: string, startTime: number, endTime: number, assertionResults: Assertion[] }} FileResult
 */

/**
 * @param {object} options
 * @param {string} options.node the Node that runs it
 * @param {NodeJS.ProcessEnv} options.env
 * @param {string} options.config file name of the Vitest configuration
 * @param {string} options.resultsFolder
 * @param {number} options.limit in milliseconds; what is still running then has failed
 * @param {string} [options.label] said after the name of each suite
 * @param {readonly string[]} [options.filters] parts of file paths; none: all tests
 * @param {readonly string[]} [options.exclude] files that are not run
 * @returns {Promise<Suite[]>}
 */
export async function runVitest(options) {
  const { node, env, config, resultsFolder, limit, label = "", filters = [], exclude = [] } = options;
  const outputFile = join(resultsFolder, `${`${config}${label}`.replaceAll(/\W+/g, "-")}.json`);
  const code = await handOver(
    node,
    [
      join(root, "node_modules/vitest/vitest.mjs"),
      "run",
      `--config=${config}`,
      "--passWithNoTests",
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${outputFile}`,
      ...exclude.map((file) => `--exclude=${file}`),
      ...filters,
    ],
    { env, limit },
  );
  return readVitestReport(outputFile, code, label);
}

/**
 * The tests of files that are not run, by their names.
 * @param {object} options
 * @param {string} options.node
 * @param {NodeJS.ProcessEnv} options.env
 * @param {string} options.config
 * @param {string} options.resultsFolder
 * @param {readonly string[]} options.files
 * @param {string} options.reason
 * @returns {Promise<import("./suite.js").Skipped[]>}
 */
export async function listVitest({ node, env, config, resultsFolder, files, reason }) {
  const cli = join(root, "node_modules/vitest/vitest.mjs");
  const outputFile = join(resultsFolder, "vitest-list.json");
  const args = [cli, "list", `--config=${config}`, `--json=${outputFile}`, ...files];
  const { code, output } = await capture(node, args, { env });
  if (code !== 0)
    return files.map((file) => ({ name: `${file} (its tests cannot be listed: ${output})`, reason }));
  /** @type {{ name: string, file: string }[]} */
  const tests = JSON.parse(readFileSync(outputFile, "utf8"));
  return tests.map(({ name, file }) => ({ name: `${relative(root, file)}: ${name}`, reason }));
}

/**
 * @param {string} outputFile
 * @param {number} code Vitest's exit code
 * @param {string} label
 * @returns {Suite[]}
 */
export function readVitestReport(outputFile, code, label = "") {
  /** @type {Map<string, Suite>} */
  const suites = new Map();
  if (existsSync(outputFile)) {
    /** @type {{ testResults: FileResult[] }} */
    const { testResults } = JSON.parse(readFileSync(outputFile, "utf8"));
    for (const file of testResults) addFile(suites, file, label);
  }
  const failures = [...suites.values()].reduce((sum, { failed }) => sum + failed.length, 0);
  if (code !== 0 && failures === 0) {
    // An error outside of any test: an unhandled rejection, a broken configuration.
    const reason =
      code === 124 ? "killed: it did not end in time" : `an error outside of any test (exit code ${code})`;
    suites.set("vitest", { ...emptySuite(`vitest${label}`), failed: [reason] });
  }
  return [...suites.values()].sort((one, other) => one.name.localeCompare(other.name));
}

/** @param {Map<string, Suite>} suites @param {FileResult} file @param {string} label */
function addFile(suites, file, label) {
  const path = relative(root, file.name).split(sep).join("/");
  const name = suiteName(path) + label;
  const suite = suites.get(name) ?? emptySuite(name);
  suites.set(name, suite);
  suite.milliseconds += Math.max(0, file.endTime - file.startTime);
  for (const { fullName, status } of file.assertionResults) {
    if (status === "passed") suite.passed += 1;
    else if (status === "failed") suite.failed.push(`${path}: ${fullName}`);
    else suite.skipped.push({ name: `${path}: ${fullName}` });
  }
  // A file that does not even load has no tests to fail.
  if (file.status === "failed" && !file.assertionResults.some(({ status }) => status === "failed")) {
    suite.failed.push(`${path}: ${file.message.split("\n")[0] || "the file could not be run"}`);
  }
}

/** @param {string} path with forward slashes, relative to the repository */
function suiteName(path) {
  const [top = "", folder = ""] = path.split("/");
  if (top === "packages" || top === "examples") return folder;
  if (path.startsWith("scripts/docs/")) return "documents";
  if (path.startsWith("scripts/pack/")) return "packed packages";
  return top;
}
