// @ts-check
// Imports only point down: a package knows the packages below it and nothing above or beside it.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { parseSync } from "oxc-parser";
import { publishedPackages, root } from "../lib/workspace.js";

/** The floor of each package; an import must lead to a lower one. @type {Record<string, number>} */
const floors = {
  "@hallpass/tokens": 1,
  "@hallpass/testing": 2,
  "@hallpass/api": 2,
  "@hallpass/client": 2,
  "@hallpass/react": 3,
  "@hallpass/identity": 3,
  "@hallpass/server": 3,
  "@hallpass/gateway": 4,
  "@hallpass/console": 4,
  hallpass: 5,
};

/** What tests may import beside what the package itself may. @param {string} importer @param {string} imported */
function testMay(importer, imported) {
  if (imported === importer || imported === "@hallpass/testing") return true;
  return (
    imported === "@hallpass/identity" &&
    ["@hallpass/client", "@hallpass/react", "@hallpass/server"].includes(importer)
  );
}

/**
 * @param {string} name of the importing package
 * @param {string} specifier
 * @param {{ test: boolean }} file
 * @returns {string | undefined} what is wrong with it
 */
export function judgeImport(name, specifier, { test }) {
  const imported = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  const ours = imported === "hallpass" || imported.startsWith("@hallpass/");
  if (!ours) return undefined;
  const [from, to] = [floors[name], floors[imported]];
  if (from === undefined) return `${name} has no place in scripts/check/imports.js`;
  if (to === undefined) return `${imported} is not a package that others may import`;
  if (test && testMay(name, imported)) return undefined;
  if (to < from) return undefined;
  return `${name} must not import ${imported}: imports only point down${test ? ", and so do those of tests but for @hallpass/testing" : ""}`;
}

/**
 * Everything that a module imports, statically, dynamically or as a type.
 * @param {string} file its name tells the language
 * @param {string} text
 * @returns {{ specifier: string, line: number }[]}
 */
export function importsOf(file, text) {
  /** @type {{ specifier: string, line: number }[]} */
  const found = [];
  /** @param {any} node */
  const walk = (node) => {
    if (Array.isArray(node)) return void node.forEach(walk);
    if (node === null || typeof node !== "object") return;
    const source = sourceOf(node);
    if (typeof source?.value === "string") {
      found.push({ specifier: source.value, line: text.slice(0, source.start).split("\n").length });
    }
    Object.values(node).forEach(walk);
  };
  walk(parseSync(file, text).program);
  return found;
}

/** @param {any} node of the syntax tree @returns {any} the literal that names another module */
function sourceOf(node) {
  switch (node.type) {
    case "ImportDeclaration":
    case "ExportNamedDeclaration":
    case "ExportAllDeclaration":
    case "ImportExpression":
    case "TSImportType":
      return node.source;
    case "TSExternalModuleReference":
      return node.expression;
    case "CallExpression":
      return ["require", "resolve"].includes(node.callee.name ?? node.callee.property?.name)
        ? node.arguments[0]
        : undefined;
    default:
      return undefined;
  }
}

/** @returns {string[]} every import that breaks a rule, as file:line: what */
export function brokenImports() {
  return publishedPackages().flatMap((entry) => [...brokenDependencies(entry), ...brokenFiles(entry)]);
}

/** @param {import("../lib/workspace.js").Package} entry */
function brokenDependencies({ name, folder, manifest }) {
  return Object.keys({
    ...manifest.dependencies,
    ...manifest.peerDependencies,
    ...manifest.optionalDependencies,
  })
    .map((dependency) => judgeImport(name, dependency, { test: false }))
    .filter((wrong) => wrong !== undefined)
    .map((wrong) => `${folder}/package.json: ${wrong}`);
}

/** @param {import("../lib/workspace.js").Package} entry */
function brokenFiles(entry) {
  const { name, path } = entry;
  return (
    ["src", "test"]
      .map((folder) => join(path, folder))
      .filter((folder) => existsSync(folder))
      .flatMap((folder) =>
        readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => join(folder, file)),
      )
      // A test may have an install of its own.
      .filter(
        (file) =>
          /\.(?:[cm]?[jt]s|[jt]sx)$/.test(file) && !/[\\/]node_modules[\\/]/.test(relative(path, file)),
      )
      .flatMap((file) => {
        const test =
          /\.test\.tsx?$/.test(file) ||
          relative(path, file).startsWith("test") ||
          /[\\/]test[\\/]/.test(file);
        return importsOf(file, readFileSync(file, "utf8"))
          .map(({ specifier, line }) => {
            const wrong = specifier.startsWith(".")
              ? leaves(entry, file, specifier, test)
              : judgeImport(name, specifier, { test });
            return wrong && `${relative(root, file)}:${line}: ${wrong}`;
          })
          .filter((wrong) => wrong !== undefined);
      })
  );
}

/**
 * @param {import("../lib/workspace.js").Package} entry
 * @param {string} file
 * @param {string} specifier
 * @param {boolean} test
 */
function leaves({ name, path }, file, specifier, test) {
  const target = join(dirname(file), specifier);
  if (!relative(path, target).startsWith("..")) return undefined;
  // What only tests need is in no package: a test may borrow it from the tests of a package below.
  const lender = publishedPackages().find((other) => target.startsWith(join(other.path, "test", "support")));
  if (test && lender && (floors[lender.name] ?? 0) < (floors[name] ?? 0)) return undefined;
  return `${specifier} leads out of the package: import packages by their names`;
}
