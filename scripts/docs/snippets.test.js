// @ts-check
// The TypeScript in the documents compiles, and runs where a comment before it says how.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { createTestIssuer } from "@hallpass/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cacheFolder, root } from "../lib/workspace.js";
import { compiledFile, compileSnippets } from "./compile.js";
import { allFences, howToRun, isTypeScript } from "./documents.js";
import { execute } from "./execute.js";

const snippets = allFences().filter(isTypeScript);

describe.skipIf(snippets.length === 0)("the snippets of the documents", () => {
  /** @type {string} */
  let folder;
  /** @type {Map<import("./markdown.js").Fence, string[]>} */
  let complaints;
  /** @type {Awaited<ReturnType<typeof createTestIssuer>>} */
  let issuer;

  beforeAll(async () => {
    // Inside the repository, so that the packages are found as any package is: by their name.
    mkdirSync(cacheFolder, { recursive: true });
    folder = mkdtempSync(join(cacheFolder, "snippets-"));
    writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
    const compiler = join(root, "node_modules/typescript/bin/tsc");
    complaints = await compileSnippets({ snippets, folder, node: process.execPath, compiler });
    issuer = await createTestIssuer();
  }, 120_000);

  afterAll(async () => {
    await issuer?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const snippet of snippets) {
    const name = `${snippet.file}:${snippet.line}`;
    const run = howToRun(snippet);

    it(`${name} compiles`, () => {
      expect(complaints.get(snippet)).toEqual([]);
    });

    if (snippet.file === "README.md") {
      it(`${name} says how it is run`, () => {
        expect(
          run,
          "put a comment like <!-- run --> or <!-- run: express --> before the snippet",
        ).toBeDefined();
      });
    }

    if (run !== undefined) {
      it(`${name} runs`, { timeout: 60_000 }, async () => {
        await execute(run, { file: compiledFile(folder, snippet), node: process.execPath, issuer });
      });
    }
  }
});
