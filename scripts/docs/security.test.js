// @ts-check
// What docs/security.md says is true as far as a document can be tested: each defence names tests that exist.
import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../lib/workspace.js";
import { evidenceRows, hasTest } from "./test-titles.js";

const file = "docs/security.md";
const rows = evidenceRows(readFileSync(join(root, file), "utf8"));

describe(`${file}`, () => {
  it("has a table of defences for each part", () => {
    expect(rows.length).toBeGreaterThan(40);
  });

  for (const { line, cells, evidence } of rows) {
    it(`line ${line} says who tries what, what happens, and which test shows it: ${cells[0]}`, () => {
      expect(cells.every((cell) => cell !== "")).toBe(true);
      expect(evidence, "name at least one test as [title](file)").not.toEqual([]);
    });

    for (const { title, target } of evidence) {
      it(`line ${line}: ${target} has the test "${title}"`, () => {
        const path = posix.join("docs", target);
        expect(path).toMatch(/^(?:packages|examples|e2e|interop|scripts)\/.*\.(?:test|spec)\.(?:tsx?|js)$/);
        expect(existsSync(join(root, path)), `${path} is missing`).toBe(true);
        expect(hasTest(readFileSync(join(root, path), "utf8"), title)).toBe(true);
      });
    }
  }
});

describe("a test that a document names", () => {
  const source = [
    'test("is there", () => {});',
    'test.each([1])(\n  "takes %i",\n  () => {},\n);',
    'describe("a group", () => {});',
    'it.skip("is left out", () => {});',
    'test.todo("is promised");',
    'expect("a text").toBe("a text");',
  ].join("\n");

  it("is found by its title, alone, in a table and as a group", () => {
    for (const title of ["is there", "takes %i", "a group"]) expect(hasTest(source, title)).toBe(true);
  });

  it("is not found if it is not run, has another title, or is no test", () => {
    for (const title of ["is left out", "is promised", "is", "a text", "is there now"]) {
      expect(hasTest(source, title)).toBe(false);
    }
  });

  it("stands in the last column of a table that is headed Tests, and nowhere else", () => {
    const text = [
      "| Attack | Defence | Tests |",
      "|---|---|---|",
      "| a | b | [one](x.test.ts)<br>[two](y.test.ts) |",
      "",
      "| no | table |",
      "|---|---|",
      "| of | [ours](z.md) |",
    ].join("\n");
    expect(evidenceRows(text)).toEqual([
      {
        line: 3,
        cells: ["a", "b", "[one](x.test.ts)<br>[two](y.test.ts)"],
        evidence: [
          { title: "one", target: "x.test.ts", line: 3 },
          { title: "two", target: "y.test.ts", line: 3 },
        ],
      },
    ]);
  });
});
