// @ts-check
// Which test files need what: a browser, or more than Node 20 has. A test needs what it imports, through its helpers.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { publishedPackages, root } from "../lib/workspace.js";

const browser = /["'](?:playwright-core|@playwright\/test)["']/;
const moreThanNode20 = /["'](?:@hallpass\/identity|hallpass|node:sqlite|playwright-core)["'/]/;
const relativeImport = /["'](\.\.?\/[^"']+\.tsx?)["']/g;

/** The packages' tests that cannot run without a browser. @returns {string[]} files, relative to the repository */
export function browserTests() {
  return publishedPackages()
    .flatMap(({ path }) => testFiles(path))
    .filter(needsBrowser)
    .map((file) => relative(root, file))
    .sort();
}

/** The tests that cannot run without FastAPI. @returns {string[]} files, relative to the repository */
export function pythonTests() {
  const folder = join(root, "examples/fastapi");
  return readdirSync(folder)
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => relative(root, join(folder, file)))
    .sort();
}

/**
 * The tests of clients that others have written.
 * @param {readonly string[]} [filters] parts of paths
 * @returns {{ file: string, browser: boolean }[]} file: relative to the repository; browser: whether it needs one
 */
export function interopTests(filters = []) {
  return readdirSync(join(root, "interop"))
    .filter((name) => /\.test\.[jt]s$/.test(name))
    .map((name) => `interop/${name}`)
    .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
    .map((file) => ({ file, browser: needsBrowser(join(root, file)) }));
}

/** @param {string} file */
function needsBrowser(file) {
  return reaches(file, browser);
}

/**
 * The tests that also run on Node 20: those of the packages that promise to work there, but for the tests which
 * need the identity server (Node 24) or a browser (once is enough).
 * @param {readonly string[]} [filters] parts of paths
 * @returns {string[]} files, relative to the repository
 */
export function testsForNode20(filters = []) {
  const packages = publishedPackages();
  const byName = new Map(packages.map((entry) => [entry.name, entry]));
  /** @param {string} name @returns {boolean} */
  const runsOnNode20 = (name) => {
    const manifest = byName.get(name)?.manifest;
    if (manifest === undefined) return true;
    const promised = (manifest.engines?.node ?? "").startsWith(">=20");
    return promised && Object.keys(manifest.dependencies ?? {}).every(runsOnNode20);
  };
  return packages
    .filter(({ name }) => runsOnNode20(name))
    .flatMap(({ path }) => testFiles(path))
    .filter((file) => !reaches(file, moreThanNode20))
    .map((file) => relative(root, file))
    .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
    .sort();
}

/** @param {string} path of a package */
function testFiles(path) {
  return ["src", "test"]
    .map((folder) => join(path, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => join(folder, file)),
    )
    .filter(
      (file) => /(?<!\.long)\.test\.tsx?$/.test(file) && !/[\\/]node_modules[\\/]/.test(relative(path, file)),
    );
}

/**
 * Whether a test, or a file of ours that it imports, contains something.
 * @param {string} file
 * @param {RegExp} something
 * @param {Set<string>} [seen]
 * @returns {boolean}
 */
function reaches(file, something, seen = new Set()) {
  if (seen.has(file) || !existsSync(file)) return false;
  seen.add(file);
  const text = readFileSync(file, "utf8");
  if (something.test(text)) return true;
  return [...text.matchAll(relativeImport)].some(([, path = ""]) =>
    reaches(join(dirname(file), path), something, seen),
  );
}
