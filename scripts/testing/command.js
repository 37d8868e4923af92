// @ts-check
// What `npm test` and `npm run test:long` share: preparation, the browser, the results and the end.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { ensureChromium } from "../lib/chromium.js";
import { ensurePostgres, ensureRedis } from "../lib/databases.js";
import { withLock } from "../lib/lock.js";
import { environment, hostNode, node20, node24 } from "../lib/node-versions.js";
import { prepare } from "../lib/prepare.js";
import { ensurePython } from "../lib/python.js";
import { PlainError, say } from "../lib/terminal.js";
import { cacheFolder } from "../lib/workspace.js";
import { emptySuite, report } from "./suite.js";

/**
 * @typedef {import("./suite.js").Suite} Suite
 * @typedef {object} Bench what the suites get to run with
 * @property {string} node Node 24
 * @property {string | undefined} node20 Node 20, where there is one
 * @property {NodeJS.ProcessEnv} env
 * @property {string} resultsFolder
 * @property {readonly string[]} filters parts of the paths of test files
 * @property {string | undefined} noBrowser why there is no browser, and what would bring one
 * @property {string | undefined} noPython why there is no Python with FastAPI, and what would bring it
 */

/** Why a system tool is not there, and what would bring it. @param {{ path: string } | { missing: string, command: string }} tool */
function absence(tool) {
  return "path" in tool ? undefined : `${tool.missing}; to install it: ${tool.command}`;
}

/**
 * Prepares, runs suites and reports; whatever goes wrong on the way is a failure that is counted.
 * @param {(bench: Bench) => Promise<Suite[]>} runSuites
 * @returns {Promise<number>} the exit code
 */
export async function runTests(runSuites) {
  try {
    return report(await prepareAndRun(runSuites));
  } catch (error) {
    const message =
      error instanceof PlainError ? error.message : error instanceof Error ? error.stack : String(error);
    say(`\n${message}`);
    return report([{ ...emptySuite("preparation"), failed: [message?.split("\n")[0] ?? "unknown error"] }]);
  }
}

/** @param {(bench: Bench) => Promise<Suite[]>} runSuites @returns {Promise<Suite[]>} */
async function prepareAndRun(runSuites) {
  const filters = process.argv.slice(2);
  const flag = filters.find((filter) => filter.startsWith("-"));
  if (flag !== undefined)
    throw new PlainError(
      `Unknown option ${flag}. Only parts of the paths of test files can be given: npm test -- tokens`,
    );

  await prepare({ build: false });
  const chromium = await ensureChromium();
  const python = await ensurePython();
  const postgres = await ensurePostgres();
  const redis = await ensureRedis();
  const oldNode = await withLock(() => node20());
  const resultsFolder = join(cacheFolder, `test-results-${process.pid}`);
  mkdirSync(resultsFolder, { recursive: true });
  const env = {
    ...environment(),
    HALLPASS_HOST_NODE: hostNode(),
    ...(oldNode !== undefined && { HALLPASS_NODE_20: oldNode }),
    ...("path" in chromium && { HALLPASS_CHROMIUM: chromium.path }),
    ...("path" in python && { HALLPASS_PYTHON: python.path }),
    ...("path" in postgres && { HALLPASS_POSTGRES: postgres.path }),
    ...("path" in redis && { HALLPASS_REDIS: redis.path }),
  };
  const noBrowser = absence(chromium);
  const noPython = absence(python);
  if ("missing" in chromium)
    say(`The browser tests are skipped: ${chromium.missing}. To install it: ${chromium.command}`);
  if ("missing" in python)
    say(`The tests in Python are skipped: ${python.missing}. To install it: ${python.command}`);
  for (const database of [postgres, redis]) {
    if ("missing" in database)
      say(`The tests of sessions in it are skipped: ${database.missing}. To install it: ${database.command}`);
  }

  try {
    const suites = await runSuites({
      node: node24(),
      node20: oldNode,
      env,
      resultsFolder,
      filters,
      noBrowser,
      noPython,
    });
    const missing = [
      ...("missing" in chromium ? [`Chromium (${chromium.command})`] : []),
      ...("missing" in python ? [`FastAPI for Python (${python.command})`] : []),
      ...("missing" in postgres ? [`PostgreSQL (${postgres.command})`] : []),
      ...("missing" in redis ? [`Redis (${redis.command})`] : []),
      ...(oldNode === undefined ? ["Node 20"] : []),
    ];
    // Where everything may be installed, a test that could not run has not passed.
    if (process.env.CI && missing.length > 0) {
      suites.push({
        ...emptySuite("system tools"),
        failed: missing.map((tool) => `${tool} is missing, and CI may skip nothing`),
      });
    }
    if (
      filters.length > 0 &&
      suites.every(({ passed, failed, skipped }) => passed + failed.length + skipped.length === 0)
    ) {
      suites.push({
        ...emptySuite("tests"),
        failed: [`no test file has ${filters.join(" or ")} in its path`],
      });
    }
    return suites;
  } finally {
    rmSync(resultsFolder, { recursive: true, force: true });
  }
}
