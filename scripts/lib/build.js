// @ts-check
// TypeScript's build mode knows what is stale: with nothing to do it takes a moment.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { environment, node24 } from "./node-versions.js";
import { capture } from "./run.js";
import { duration, PlainError, say } from "./terminal.js";
import { publishedPackages, root } from "./workspace.js";

/**
 * Compiles projects and what they refer to.
 * @param {readonly string[]} [projects] tsconfig files or their folders; none: everything, tests and scripts included
 * @returns {Promise<{ code: number, output: string }>}
 */
export async function compile(projects = []) {
  const pretty = process.stdout.isTTY ? "true" : "false";
  return capture(
    node24(),
    [join(root, "node_modules/typescript/bin/tsc"), "-b", "--pretty", pretty, ...projects],
    {
      env: environment(),
    },
  );
}

/** Builds every package; throws what the compiler says if that fails. */
export async function build() {
  const start = Date.now();
  const projects = publishedPackages()
    .map(({ folder }) => folder)
    .filter((folder) => existsSync(join(root, folder, "tsconfig.json")));
  const { code, output } = await compile(projects);
  if (code !== 0) throw new PlainError(`The packages do not compile:\n${output}`);
  if (Date.now() - start > 1_500) say(`Building the packages: done in ${duration(Date.now() - start)}`);
}
