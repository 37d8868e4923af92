// @ts-check
// Compiles snippets as somebody outside of this repository would: strict, in ESM, without any setting of ours.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { capture } from "../lib/run.js";

/** @typedef {import("./markdown.js").Fence} Fence */

const compilerOptions = {
  target: "ES2023",
  lib: ["ES2023", "DOM", "DOM.Iterable"],
  module: "NodeNext",
  moduleResolution: "NodeNext",
  jsx: "react-jsx",
  types: ["node"],
  strict: true,
  skipLibCheck: false,
  rootDir: "src",
  outDir: "out",
};

/**
 * A snippet's module. Its code stands on the line that it has in the document, so that the compiler's and Node's
 * messages name the document's lines.
 * @param {Fence} fence
 */
function moduleName({ file, line }) {
  return `${file.replaceAll(/[^\w]+/g, "-")}-${line}`;
}

/** @param {string} folder @param {Fence} fence */
export const compiledFile = (folder, fence) => join(folder, "out", `${moduleName(fence)}.js`);

/**
 * @param {object} options
 * @param {readonly Fence[]} options.snippets
 * @param {string} options.folder where to; a folder from which the packages can be resolved
 * @param {string} options.node runs the compiler
 * @param {string} options.compiler path of TypeScript's tsc
 * @param {object} [options.settings] compiler options that differ from a strict package's in ESM
 * @returns {Promise<Map<Fence, string[]>>} the compiler's complaints about each snippet
 */
export async function compileSnippets({ snippets, folder, node, compiler, settings }) {
  const source = join(folder, "src");
  for (const part of [source, join(folder, "out")]) rmSync(part, { recursive: true, force: true });
  mkdirSync(source, { recursive: true });
  /** @type {Map<string, Fence>} */
  const byFile = new Map();
  for (const snippet of snippets) {
    const name = `${moduleName(snippet)}.${snippet.language}`;
    byFile.set(`src/${name}`, snippet);
    // `export {}` makes a module of a snippet without imports; it stands where the document has the fence.
    const offset = "\n".repeat(Math.max(0, snippet.line - 2));
    writeFileSync(join(source, name), `${offset}export {};\n${snippet.code}\n`);
  }
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions: { ...compilerOptions, ...settings }, include: ["src"] }),
  );
  const { code, output } = await capture(node, [compiler, "-p", folder, "--pretty", "false"], {
    cwd: folder,
  });

  /** @type {Map<Fence, string[]>} */
  const complaints = new Map(snippets.map((snippet) => [snippet, []]));
  const elsewhere = [];
  for (const message of output.split(/\n(?!\s)/).filter((text) => text.trim() !== "")) {
    const [, file = "", line = "", rest = ""] =
      /^(src\/[^(]+)\((\d+),\d+\): (.*)$/s.exec(message.trim()) ?? [];
    const snippet = byFile.get(file);
    if (snippet) complaints.get(snippet)?.push(`${snippet.file}:${line}: ${rest}`);
    else elsewhere.push(message);
  }
  if (elsewhere.length > 0 || (code !== 0 && output.trim() === "")) {
    throw new Error(
      `The compiler complains about more than the snippets (exit code ${code}):\n${elsewhere.join("\n")}`,
    );
  }
  return complaints;
}

/**
 * The npm packages that snippets import.
 * @param {readonly Fence[]} snippets
 * @returns {string[]}
 */
export function importedPackages(snippets) {
  const names = new Set();
  for (const { code } of snippets) {
    for (const [, specifier = ""] of code.matchAll(/(?:from|import)\s*\(?\s*["']([^."'][^"']*)["']/g)) {
      if (specifier.startsWith("node:")) continue;
      names.add(
        specifier
          .split("/")
          .slice(0, specifier.startsWith("@") ? 2 : 1)
          .join("/"),
      );
    }
  }
  return [...names].sort();
}

/** The version of an installed package. @param {string} modules a node_modules folder @param {string} name */
export function installedVersion(modules, name) {
  return /** @type {string} */ (
    JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8")).version
  );
}
