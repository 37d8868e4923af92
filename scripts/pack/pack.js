// @ts-check
// Tarballs of all packages, as npm would publish them.
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { npm } from "../lib/node-versions.js";
import { PlainError } from "../lib/terminal.js";
import { cacheFolder, packsFolder, publishedPackages, root } from "../lib/workspace.js";
import { compact } from "./compact.js";

/** What every server loads when it starts. */
const COMPACTED = new Set(["@hallpass/tokens"]);

/** @typedef {{ name: string, tarball: string, files: string[] }} Packed */

/**
 * Packs every published package. The caller has built them.
 * @param {string} [folder] where the tarballs go; what is there goes away
 * @returns {Promise<Packed[]>}
 */
export async function packAll(folder = packsFolder) {
  // Packed aside and then copied, so that nobody installs half a tarball.
  const aside = join(cacheFolder, `packs-${process.pid}`);
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true });
  try {
    const tarballs = join(aside, "tarballs");
    mkdirSync(tarballs);
    const sources = [];
    for (const { name, path } of publishedPackages()) {
      const source = COMPACTED.has(name) ? join(aside, name) : path;
      if (COMPACTED.has(name)) await compact(path, source);
      sources.push(source);
    }
    const { code, output, stdout } = await npm(
      ["pack", "--json", "--ignore-scripts", "--pack-destination", tarballs, ...sources],
      { cwd: root },
    );
    if (code !== 0) throw new PlainError(`npm pack failed:\n${output}`);
    rmSync(folder, { recursive: true, force: true });
    cpSync(tarballs, folder, { recursive: true });
    /** @type {{ name: string, filename: string, files: { path: string }[] }[]} */
    const report = Object.values(JSON.parse(stdout));
    return report.map(({ name, filename, files }) => ({
      name,
      tarball: join(folder, filename),
      files: files.map(({ path }) => path),
    }));
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}
