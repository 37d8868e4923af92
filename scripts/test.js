// @ts-check
// npm test: everything a contributor needs, in minutes. `npm test -- PATTERN` runs the test files with PATTERN in
// their path. Tests that take longer are called *.long.test.ts and run with `npm run test:long`.
import { compile } from "./lib/build.js";
import { withLock } from "./lib/lock.js";
import { command } from "./lib/terminal.js";
import { runTests } from "./testing/command.js";
import { runInterop } from "./testing/interop.js";
import { runPlaywright } from "./testing/playwright.js";
import { emptySuite, single } from "./testing/suite.js";
import { browserTests, pythonTests, testsForNode20 } from "./testing/test-files.js";
import { listVitest, runVitest } from "./testing/vitest.js";

const config = "vitest.config.ts";
/** A part that takes this long hangs, also on a machine that is several times slower than a developer's. */
const limit = 25 * 60_000;

await command(() =>
  runTests(async (bench) => {
    const { node, node20, env, resultsFolder, filters, noBrowser, noPython } = bench;
    const types = await single("types", () =>
      withLock(async () => {
        const { code, output } = await compile();
        return { ok: code === 0, output };
      }),
    );
    const suites = [types];
    const absent = [
      ...(noBrowser === undefined
        ? []
        : [{ suite: "in a browser", files: browserTests(), reason: noBrowser }]),
      ...(noPython === undefined ? [] : [{ suite: "in Python", files: pythonTests(), reason: noPython }]),
    ];
    const exclude = absent.flatMap(({ files }) => files);
    suites.push(...(await runVitest({ node, env, config, resultsFolder, limit, filters, exclude })));
    for (const { suite, files, reason } of filters.length === 0 ? absent : []) {
      if (files.length === 0) continue;
      const skipped = await listVitest({ node, env, config, resultsFolder, files, reason });
      suites.push({ ...emptySuite(suite), skipped });
    }
    const oldTests = node20 === undefined ? [] : testsForNode20(filters);
    if (node20 !== undefined && oldTests.length > 0) {
      const label = " on Node 20";
      suites.push(
        ...(await runVitest({ node: node20, env, config, resultsFolder, limit, filters: oldTests, label })),
      );
    }
    suites.push(...(await runInterop({ ...bench, limit })));
    suites.push(...(await runPlaywright({ node, env, resultsFolder, limit, filters, skip: noBrowser })));
    return suites;
  }),
);
