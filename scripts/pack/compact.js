// @ts-check
// Many small files are good to read and slow to start: every import costs more than what is in it. What is published of
// a package that has to start quickly is therefore one file for each entry, and only the types that an entry shows.
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { build } from "esbuild";
import { readManifest } from "../lib/workspace.js";

/**
 * Writes what is published of a built package into a folder that can be packed as it is.
 * @param {string} source the folder of the package
 * @param {string} target
 */
export async function compact(source, target) {
  const manifest = /** @type {any} */ (readManifest(source));
  mkdirSync(target, { recursive: true });
  for (const file of ["package.json", "README.md", "LICENSE"]) {
    if (existsSync(join(source, file))) cpSync(join(source, file), join(target, file));
  }
  const entries = pathsIn(manifest.exports);
  const internal = pathsIn(manifest.imports ?? {});
  await build({
    absWorkingDir: source,
    entryPoints: [...entries, ...internal].filter((path) => path.endsWith(".js")),
    outbase: "dist",
    outdir: join(target, "dist"),
    chunkNames: "shared-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2023",
    platform: "neutral",
    packages: "external",
    // Which of the two files is right is known only where the package runs.
    external: ["node:*", ...Object.keys(manifest.imports ?? {})],
    minify: true,
    logLevel: "error",
  });
  for (const types of typesShown(
    entries.filter((path) => path.endsWith(".d.ts")).map((path) => join(source, path)),
  )) {
    const copy = join(target, relative(source, types));
    mkdirSync(dirname(copy), { recursive: true });
    // The maps and the sources that they name are not published; nor is what a compiler writes for the eye alone.
    const text = readFileSync(types, "utf8")
      .replace(/^\/\/# sourceMappingURL=.*\n?/m, "")
      .replace(/^(?: {4})+/gm, (indent) => "\t".repeat(indent.length / 4));
    writeFileSync(copy, text);
  }
}

/** Every path in `exports` or `imports`, under whatever conditions. @param {unknown} map @returns {string[]} */
function pathsIn(map) {
  if (typeof map === "string") return [map];
  return [...new Set(Object.values(/** @type {object} */ (map)).flatMap(pathsIn))];
}

/** The declarations that are reached from others. @param {string[]} files */
function typesShown(files) {
  const shown = new Set(files);
  for (const file of shown) {
    for (const [, path = ""] of readFileSync(file, "utf8").matchAll(/["'](\.\.?\/[^"']+)\.(?:js|ts)["']/g)) {
      shown.add(join(dirname(file), `${path.replace(/\.d$/, "")}.d.ts`));
    }
  }
  return shown;
}
