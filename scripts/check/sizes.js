// @ts-check
// The size budgets of .size-limit.js, as one verdict each.
import { join } from "node:path";
import { environment, node24 } from "../lib/node-versions.js";
import { capture } from "../lib/run.js";
import { root } from "../lib/workspace.js";

/** @returns {Promise<{ name: string, ok: boolean, output: string }[]>} */
export async function sizes() {
  const cli = join(root, "node_modules/size-limit/bin.js");
  const { code, output, stdout } = await capture(node24(), [cli, "--json"], { env: environment() });
  const json = stdout.slice(stdout.indexOf("["));
  try {
    /** @type {{ name: string, passed: boolean, size: number, sizeLimit: number }[]} */
    const results = JSON.parse(json);
    return results.map(({ name, passed, size, sizeLimit }) => ({
      name: `${name}: ${kilobytes(size)} of ${kilobytes(sizeLimit)}`,
      // Next to nothing is not a bundle but a sign that it was not built.
      ok: passed && size > 200,
      output: `${kilobytes(size)} is not within the budget of .size-limit.js, or nothing at all was bundled`,
    }));
  } catch {
    return [
      {
        name: "the browser bundles",
        ok: false,
        output: `size-limit ended with exit code ${code}:\n${output}`,
      },
    ];
  }
}

/** @param {number} bytes */
function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(2)} kB`;
}
