// @ts-check
// What every command does first.
import { build } from "./build.js";
import { install } from "./install.js";
import { withLock } from "./lock.js";
import { node24, requireHostNode } from "./node-versions.js";

/**
 * Installs and builds what is missing, one process at a time.
 * @param {{ build?: boolean }} [options] `build: false` for the commands that report what does not compile
 */
export async function prepare(options = {}) {
  requireHostNode();
  await withLock(async () => {
    await install();
    node24();
    if (options.build !== false) await build();
  });
}
