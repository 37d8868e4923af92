// @ts-check
// Where things are. Needs nothing but the host's Node: no package is installed yet when this is read.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const cacheFolder = join(root, ".cache");
export const packsFolder = join(cacheFolder, "packs");
export const binFolder = join(root, "node_modules", ".bin");

/**
 * @typedef {{ name: string, version: string, private?: boolean, engines?: { node?: string }, bin?: Record<string, string>,
 *   scripts?: Record<string, string>, exports?: Record<string, unknown>, dependencies?: Record<string, string>,
 *   peerDependencies?: Record<string, string>, optionalDependencies?: Record<string, string> }} Manifest
 * @typedef {{ name: string, folder: string, path: string, manifest: Manifest }} Package
 */

/** @param {string} folder @returns {Manifest} */
export function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

/** The packages that are published, in the order of their folders. @returns {Package[]} */
export function publishedPackages() {
  return readdirSync(join(root, "packages"))
    .sort()
    .map((entry) => ({ folder: `packages/${entry}`, path: join(root, "packages", entry) }))
    .filter(({ path }) => existsSync(join(path, "package.json")))
    .map(({ folder, path }) => {
      const manifest = readManifest(path);
      return { name: manifest.name, folder, path, manifest };
    })
    .filter(({ manifest }) => !manifest.private);
}
