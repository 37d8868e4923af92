// @ts-check
// docs/compatibility.md says what is tested here, and its snippets compile.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileSnippets, importedPackages } from "../scripts/docs/compile.js";
import { allFences, ofOtherClients } from "../scripts/docs/documents.js";
import { root } from "../scripts/lib/workspace.js";

const folder = join(root, "interop");

/** What the tests need besides the clients. */
const tools = ["express", "react", "react-dom", "selfsigned"];

/** @param {string} path */
const read = (path) => readFileSync(join(root, path), "utf8");

/** Clients in the table, with their versions. @type {Map<string, string>} */
const listed = new Map(
  [...read("docs/compatibility.md").matchAll(/^\| \[`([^`]+)`\]\([^)]*\) \| ([^ ]+) \|/gm)].map(
    ([, name = "", version = ""]) => [name, version],
  ),
);

describe("docs/compatibility.md", () => {
  it("names the versions that are tested", () => {
    /** @type {{ packages: Record<string, { version: string }> }} */
    const { packages } = JSON.parse(read("interop/package-lock.json"));
    const tested = [...listed.keys()].map((name) => [name, packages[`node_modules/${name}`]?.version]);
    expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(tested));
  });

  it("names every client that is tested", () => {
    const { dependencies } = JSON.parse(read("interop/package.json"));
    const code = ["", "pages", "apps"]
      .map((part) => join(folder, part))
      .flatMap((part) => sources(part).map((name) => readFileSync(join(part, name), "utf8")));
    const used = importedPackages(code.map((text) => ({ file: "", line: 1, language: "ts", code: text })));
    const clients = used.filter((name) => name in dependencies && !tools.includes(name));
    expect([...listed.keys()].sort()).toEqual(clients);
  });
});

describe("a snippet with one of these clients", () => {
  const snippets = allFences().filter(ofOtherClients);
  /** @type {string} */
  let place;
  /** @type {Awaited<ReturnType<typeof compileSnippets>>} */
  let complaints;

  beforeAll(async () => {
    mkdirSync(join(folder, ".cache"), { recursive: true });
    place = mkdtempSync(join(folder, ".cache", "snippets-"));
    writeFileSync(join(place, "package.json"), JSON.stringify({ private: true, type: "module" }));
    const compiler = join(root, "node_modules/typescript/bin/tsc");
    // The types of some are for bundlers only, and not free of errors.
    const settings = { module: "preserve", moduleResolution: "bundler", skipLibCheck: true };
    complaints = await compileSnippets({
      snippets,
      folder: place,
      node: process.execPath,
      compiler,
      settings,
    });
  });
  afterAll(() => rmSync(place, { recursive: true, force: true }));

  for (const snippet of snippets) {
    it(`${snippet.file}:${snippet.line} compiles`, () => {
      expect(complaints.get(snippet)).toEqual([]);
    });
  }
});

/** @param {string} path of a folder */
function sources(path) {
  try {
    return readdirSync(path).filter((name) => /\.tsx?$/.test(name));
  } catch {
    return [];
  }
}
