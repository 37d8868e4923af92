// @ts-check
// npm run test:long: the tests called *.long.test.ts, which take too long for every change.
import { build } from "./lib/build.js";
import { withLock } from "./lib/lock.js";
import { command, say } from "./lib/terminal.js";
import { runTests } from "./testing/command.js";
import { runVitest } from "./testing/vitest.js";

await command(() =>
  runTests(async ({ node, env, resultsFolder, filters }) => {
    await withLock(build);
    const suites = await runVitest({
      node,
      env,
      config: "vitest.long.config.ts",
      resultsFolder,
      limit: 60 * 60_000,
      filters,
    });
    if (suites.length === 0) say("There are no long tests: no file is called *.long.test.ts.");
    return suites;
  }),
);
