// @ts-check
// `npm ci` refuses a lockfile that lacks what a package wants on another system, and npm can leave that out when it
// adds a package to an existing node_modules.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../lib/workspace.js";

/** @returns {string[]} the optional packages that package-lock.json lacks */
export function missingFromLockfile() {
  /** @type {Record<string, { optionalDependencies?: Record<string, string> }>} */
  const packages = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  const locked = new Set(Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, "")));
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !locked.has(name))
      .map(
        (name) =>
          `${name}, which ${path || "the workspace"} may want, is missing: delete package-lock.json, then npm install`,
      ),
  );
}
