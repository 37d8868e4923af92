// @ts-check
// The packages as somebody outside of this repository gets them: their tarballs, installed in an empty project, on
// every Node that they promise to run on. There the documents' snippets have to compile and run once more.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createTestIssuer } from "@hallpass/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compiledFile, compileSnippets, importedPackages, installedVersion } from "../docs/compile.js";
import { allFences, howToRun, isTypeScript } from "../docs/documents.js";
import { execute } from "../docs/execute.js";
import { npm } from "../lib/node-versions.js";
import { capture } from "../lib/run.js";
import { publishedPackages, root } from "../lib/workspace.js";
import { packAll } from "./pack.js";

const packages = publishedPackages();
const snippets = allFences().filter(isTypeScript);
const ourNames = packages.map(({ name }) => name);
const modules = join(root, "node_modules");

/** The third-party packages of the project: what snippets import, with types, and the compiler. */
const others = [...importedPackages(snippets), "typescript", "react", "react-dom", "@types/node"]
  .filter((name) => !ourNames.includes(name))
  .flatMap((name) => [name, `@types/${name}`])
  .filter(
    (name, index, all) => all.indexOf(name) === index && existsSync(join(modules, name, "package.json")),
  )
  .map((name) => `${name}@${installedVersion(modules, name)}`);

/** Whether something may be used on a Node. @param {string} code @param {number} major */
const runsOn = (code, major) =>
  packages.every(({ name, manifest }) => {
    const oldest = Number(/\d+/.exec(manifest.engines?.node ?? "0")?.[0]);
    return oldest <= major || !new RegExp(`["']${name}["'/]`).test(code);
  });

/** @type {import("./pack.js").Packed[]} */
let packed = [];
/** @type {Awaited<ReturnType<typeof createTestIssuer>>} */
let issuer;
const packs = mkdtempSync(join(tmpdir(), "hallpass-packs-"));

beforeAll(async () => {
  packed = await packAll(packs);
  issuer = await createTestIssuer();
}, 120_000);

afterAll(async () => {
  await issuer?.close();
  rmSync(packs, { recursive: true, force: true });
});

const nodes = [
  { major: 20, node: process.env.HALLPASS_NODE_20 },
  { major: 24, node: process.execPath },
];

describe.each(nodes)("an empty project on Node $major", ({ major, node = "" }) => {
  const skipped = node === "";
  const folder = mkdtempSync(join(tmpdir(), `hallpass-consumer-${major}-`));
  /** @type {Map<import("../docs/markdown.js").Fence, string[]>} */
  let complaints = new Map();

  beforeAll(async () => {
    if (skipped) return;
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, "package.json"),
      JSON.stringify({ name: "consumer", private: true, type: "module" }),
    );
    const tarballs = packed.map(({ tarball }) => tarball);
    const { code, output } = await npm(
      ["install", "--no-audit", "--no-fund", "--prefer-offline", ...tarballs, ...others],
      {
        cwd: folder,
        node,
      },
    );
    expect(code, output).toBe(0);
    const compiler = join(folder, "node_modules/typescript/bin/tsc");
    complaints = await compileSnippets({ snippets, folder, node, compiler });
  }, 300_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  for (const { name, manifest } of packages.filter((entry) => runsOn(`"${entry.name}"`, major))) {
    for (const path of Object.keys(manifest.exports ?? {})) {
      const specifier = name + path.slice(1);
      it.skipIf(skipped)(`${specifier} can be imported`, async () => {
        const { code, output } = await capture(
          node,
          ["--input-type=module", "--eval", `await import("${specifier}")`],
          {
            cwd: folder,
          },
        );
        expect(code, output).toBe(0);
      });
    }
  }

  it.skipIf(skipped)("the hallpass command starts", async () => {
    const bin = join(folder, "node_modules/.bin/hallpass");
    const { code, output } = await capture(node, [bin, "--help"], { cwd: folder });
    expect(code, output).toBe(0);
  });

  for (const snippet of snippets) {
    const name = `${snippet.file}:${snippet.line}`;
    it.skipIf(skipped)(`${name} compiles`, () => {
      expect(complaints.get(snippet)).toEqual([]);
    });

    const run = howToRun(snippet);
    if (run !== undefined && runsOn(snippet.code, major)) {
      it.skipIf(skipped)(`${name} runs`, { timeout: 60_000 }, async () => {
        await execute(run, { file: compiledFile(folder, snippet), node, issuer });
      });
    }
  }
});
