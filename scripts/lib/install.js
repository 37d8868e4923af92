// @ts-check
// `npm ci`, when and only when what is installed is not what the lockfile says.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { npm } from "./node-versions.js";
import { PlainError, step } from "./terminal.js";
import { root } from "./workspace.js";

/** @typedef {Record<string, { version?: string, link?: boolean, optional?: boolean, devOptional?: boolean }>} Packages */

/**
 * Brings a folder's node_modules up to its package-lock.json. The caller holds the lock.
 * @param {string} [folder] the folder of package-lock.json
 */
export async function install(folder = root) {
  const lockfile = readFileSync(join(folder, "package-lock.json"));
  const stamp = join(folder, "node_modules", ".installed");
  const wanted = createHash("sha256").update(lockfile).digest("hex");
  /** @type {Packages} */
  const packages = JSON.parse(lockfile.toString()).packages;
  const there = packagesOfWorkspaces(packages).every((path) => existsSync(join(folder, path)));
  if (there && existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  if (!there || !sameAsInstalled(folder, packages)) {
    const where = relative(root, folder);
    await step(`Installing packages (npm ci${where ? ` in ${where}` : ""})`, async () => {
      const { code, output } = await npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
        cwd: folder,
      });
      if (code === 0) return;
      const lines = output.split("\n").filter((line) => !line.startsWith("npm warn EBADENGINE"));
      throw new PlainError(`npm ci failed with exit code ${code}:\n${lines.join("\n")}`);
    });
  }
  writeFileSync(stamp, wanted);
}

/** What is installed in a workspace of its own, which goes away without the root's node_modules. @param {Packages} packages */
function packagesOfWorkspaces(packages) {
  return Object.entries(packages)
    .filter(
      ([path, { optional, devOptional }]) =>
        /^(?!node_modules\/).*\/node_modules\//.test(path) && !optional && !devOptional,
    )
    .map(([path]) => path);
}

/**
 * Whether npm's own record of what it installed agrees with the lockfile: then somebody has run `npm install` or
 * `npm ci` by hand. npm writes that record last, so it is not there after an install that was cut short.
 * @param {string} folder
 * @param {Packages} packages
 */
function sameAsInstalled(folder, packages) {
  const record = join(folder, "node_modules", ".package-lock.json");
  if (!existsSync(record)) return false;
  /** @type {Packages} */
  const installed = JSON.parse(readFileSync(record, "utf8")).packages ?? {};
  return Object.entries(packages)
    .filter(([path]) => path.includes("node_modules/"))
    .every(([path, entry]) => {
      const found = installed[path];
      if (found === undefined) return entry.optional === true || entry.devOptional === true;
      return entry.link ? found.link === true : found.version === entry.version;
    });
}
