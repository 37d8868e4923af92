// @ts-check
// Every TypeScript project is compiled by the root's `tsc -b`: one that it does not reach would never be checked.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { root } from "../lib/workspace.js";

/** @returns {string[]} the projects that the root tsconfig.json does not reach */
export function forgottenProjects() {
  const reached = new Set();
  follow("tsconfig.json", reached);
  const children = (/** @type {string} */ folder) =>
    existsSync(`${root}/${folder}`)
      ? readdirSync(`${root}/${folder}`).map((entry) => `${folder}/${entry}`)
      : [];
  return [...children("packages"), ...children("examples"), "e2e", "scripts", "bench"]
    .filter((folder) => existsSync(`${root}/${folder}/package.json`) || folder === "scripts")
    .flatMap(children)
    .filter((file) => /\/tsconfig(?:\.\w+)?\.json$/.test(file) && !reached.has(file))
    .map((file) => `${file} is not reached by the references of tsconfig.json`);
}

/** @param {string} file a tsconfig, relative to the repository @param {Set<string>} reached */
function follow(file, reached) {
  if (reached.has(file)) return;
  reached.add(file);
  /** @type {{ references?: { path: string }[] }} */
  const { references = [] } = JSON.parse(readFileSync(`${root}/${file}`, "utf8"));
  for (const { path } of references) {
    const target = posix.join(posix.dirname(file), path);
    follow(target.endsWith(".json") ? target : `${target}/tsconfig.json`, reached);
  }
}
