// What a package weighs: on disk, at start, and in a bundle for browsers.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { compact } from "../scripts/pack/compact.js";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const { build } = createRequire(join(root, "package.json"))("esbuild");

/** The names and how they are imported; the order is that of the table. */
const imports = [
  ["jose", ["jose"]],
  ["fast-jwt", ["fast-jwt"]],
  ["jsonwebtoken with jwks-rsa", ["jsonwebtoken", "jwks-rsa"]],
  ["aws-jwt-verify", ["aws-jwt-verify"]],
  ["express-oauth2-jwt-bearer", ["express-oauth2-jwt-bearer"]],
  ["oauth4webapi", ["oauth4webapi"]],
  ["@kinde/jwt-validator", ["@kinde/jwt-validator"]],
  ["hono", ["hono/jwt"]],
  ["@clerk/backend", ["@clerk/backend"]],
];

/** @typedef {{ name: string, milliseconds: number, bytes: number, dependencies: number }} Footprint */

/**
 * @param {(name: string) => void} onStart
 * @returns {Promise<Footprint[]>}
 */
export async function footprints(onStart) {
  const folder = mkdtempSync(join(tmpdir(), "hallpass-bench-"));
  try {
    // As it is published, not as it lies here.
    await compact(join(root, "packages/tokens"), folder);
    onStart("@hallpass/tokens");
    const own = {
      name: "@hallpass/tokens",
      milliseconds: importTime([pathToFileURL(join(folder, "dist/index.js")).href]),
      bytes: bytesIn(folder),
      dependencies: 0,
    };
    return [own, ...imports.map((entry) => footprint(entry, onStart))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function footprint([name, names], onStart) {
  onStart(name);
  const packages = new Set();
  for (const each of names) collect(packageOf(each), here, packages);
  return {
    name,
    milliseconds: importTime(names),
    bytes: [...packages].reduce((sum, folder) => sum + bytesIn(folder), 0),
    dependencies: packages.size - names.length,
  };
}

const packageOf = (specifier) =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

/** @returns {string | undefined} */
function folderOf(name, from = here) {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", name);
    if (existsSync(join(candidate, "package.json"))) return candidate;
    if (folder === dirname(folder)) return undefined;
  }
}

/** A package with everything that it brings along. @param {Set<string>} found */
function collect(name, from, found) {
  const folder = folderOf(name, from);
  if (folder === undefined || found.has(folder)) return;
  found.add(folder);
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  for (const dependency of Object.keys(dependencies)) collect(dependency, folder, found);
}

function bytesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => ({ entry, path: join(entry.parentPath, entry.name) }))
    .filter(({ entry, path }) => entry.isFile() && !path.slice(folder.length).startsWith("/node_modules/"))
    .reduce((sum, { path }) => sum + statSync(path).size, 0);
}

/** The median over fresh processes of what the import alone takes. */
function importTime(names, times = 15) {
  const script = `const start = performance.now(); ${names.map((name) => `await import(${JSON.stringify(name)});`).join(" ")} console.log(performance.now() - start)`;
  const taken = Array.from({ length: times }, () =>
    Number(
      execFileSync(process.execPath, ["--input-type=module", "--eval", script], {
        cwd: here,
        encoding: "utf8",
      }),
    ),
  );
  return taken.sort((one, other) => one - other)[Math.floor(times / 2)];
}

/** The bundles, and what is in them. */
const bundles = [
  [
    "@hallpass/tokens: verify and a remote key set, all in one file",
    'export { createVerifier } from "@hallpass/tokens"',
  ],
  ["@hallpass/tokens/claims", 'export * from "@hallpass/tokens/claims"'],
  ["jose: verify and a remote key set", 'export { jwtVerify, createRemoteJWKSet } from "jose"'],
  ["oauth4webapi: verify and a remote key set", 'export { validateJwtAccessToken } from "oauth4webapi"'],
  ["hono: verify with a key set", 'export { verifyWithJwks } from "hono/jwt"'],
  ["@kinde/jwt-validator", 'export { validateToken } from "@kinde/jwt-validator"'],
];

/** @returns {Promise<{ name: string, bytes: number }[]>} minified and gzipped */
export async function bundleSizes() {
  const sizes = await partSizes('export { createVerifier } from "@hallpass/tokens"');
  for (const [name, contents] of bundles) {
    const specifier = /from "(.*)"/.exec(contents)?.[1] ?? "";
    if (folderOf(packageOf(specifier)) === undefined) continue;
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: here },
      bundle: true,
      minify: true,
      format: "esm",
      platform: "browser",
      write: false,
      logLevel: "error",
    });
    sizes.push({ name, bytes: gzipSync(outputFiles[0].contents, { level: 9 }).length });
  }
  return sizes;
}

/** What a page loads of Hallpass, and when, with a bundler that splits. */
async function partSizes(contents) {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: here },
    bundle: true,
    minify: true,
    splitting: true,
    metafile: true,
    outdir: here,
    absWorkingDir: here,
    format: "esm",
    platform: "browser",
    write: false,
    logLevel: "error",
  });
  const bytes = new Map(
    outputFiles.map(({ path, contents: text }) => [
      relative(here, path),
      gzipSync(text, { level: 9 }).length,
    ]),
  );
  const seen = new Set();
  const weigh = (path) => {
    if (seen.has(path)) return 0;
    seen.add(path);
    const needed = metafile.outputs[path].imports.filter(({ kind }) => kind === "import-statement");
    return needed.reduce((sum, { path: next }) => sum + weigh(next), bytes.get(path));
  };
  const pathOf = (ending) =>
    Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint?.endsWith(ending))?.[0];
  return [
    ["loaded at once", "<stdin>"],
    ["more with the first token", "dist/verification.js"],
    ["more with the first refusal", "words/index.js"],
  ].map(([when, ending]) => ({
    name: `@hallpass/tokens: verify and a remote key set, ${when}`,
    bytes: weigh(pathOf(ending)),
  }));
}
