import { readFileSync } from "node:fs";
import module from "node:module";
import { fileURLToPath } from "node:url";

/**
 * Lets a config that is written with `import` and `export` be read also below a package.json with
 * `"type": "commonjs"`, which is what `npm init` writes. Node itself does so only where `type` is missing.
 *
 * @returns puts an end to it. Where Node has no such hooks (before 22.15), nothing changes
 */
export function readModulesAsModules(): () => void {
  if (typeof module.registerHooks !== "function") return () => {};
  const hooks = module.registerHooks({
    load(url, context, nextLoad) {
      const format =
        context.format?.startsWith("commonjs") && isModule(url) ? asModule(context.format) : undefined;
      return nextLoad(url, format === undefined ? context : { ...context, format });
    },
  });
  return () => hooks.deregister();
}

function asModule(format: string): string {
  return format === "commonjs-typescript" ? "module-typescript" : "module";
}

/** Whether one's own file is a module by its text. The ending `.cjs` or `.cts` says that it is none. */
function isModule(url: string): boolean {
  if (!/^file:.*\.[jt]s$/.test(url) || url.includes("/node_modules/")) return false;
  return /^(?:import\s*["'{*\w]|export\s)/m.test(readFileSync(fileURLToPath(url), "utf8"));
}
