// @ts-check
// npm run bench: measures Hallpass against its peers (which live in bench/ and are installed here) and writes
// docs/performance.md. Takes about two minutes.
import { join } from "node:path";
import process from "node:process";
import { install } from "./lib/install.js";
import { withLock } from "./lib/lock.js";
import { environment, node24 } from "./lib/node-versions.js";
import { prepare } from "./lib/prepare.js";
import { handOver } from "./lib/run.js";
import { command } from "./lib/terminal.js";
import { root } from "./lib/workspace.js";

await command(async () => {
  await prepare();
  await withLock(() => install(join(root, "bench")));
  return handOver(node24(), [join(root, "bench/verify.js"), ...process.argv.slice(2)], {
    env: environment(),
  });
});
