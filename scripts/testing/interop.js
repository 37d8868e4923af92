// @ts-check
// The tests of clients that others have written, which are installed for them alone.
import { join } from "node:path";
import { install } from "../lib/install.js";
import { withLock } from "../lib/lock.js";
import { root } from "../lib/workspace.js";
import { emptySuite } from "./suite.js";
import { interopTests } from "./test-files.js";
import { listVitest, runVitest } from "./vitest.js";

const config = "interop/vitest.config.ts";

/**
 * @param {import("./command.js").Bench & { limit: number }} options limit in milliseconds
 * @returns {Promise<import("./suite.js").Suite[]>} none where no test was asked for
 */
export async function runInterop({ node, env, resultsFolder, limit, filters, noBrowser }) {
  const tests = interopTests(filters);
  if (tests.length === 0) return [];
  await withLock(() => install(join(root, "interop")));
  const skipped = tests.filter(({ browser }) => browser && noBrowser !== undefined).map(({ file }) => file);
  const files = tests.map(({ file }) => file).filter((file) => !skipped.includes(file));
  const run = { node, env, config, resultsFolder };
  const suites = files.length > 0 ? await runVitest({ ...run, limit, filters: files }) : [];
  if (noBrowser === undefined || skipped.length === 0) return suites;
  const listed = await listVitest({ ...run, files: skipped, reason: noBrowser });
  return [...suites, { ...emptySuite("interop, in a browser"), skipped: listed }];
}
