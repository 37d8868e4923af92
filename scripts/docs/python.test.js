// @ts-check
// The Python in the documents is a piece of a file that is tested: the comment before it says of which.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "../lib/workspace.js";
import { allFences } from "./documents.js";

const snippets = allFences().filter(({ language }) => language === "python");

it("there is Python in the documents", () => {
  expect(snippets.length).toBeGreaterThan(0);
});

for (const { file, line, code, directive } of snippets) {
  it(`${file}:${line} stands in the file that it is from`, () => {
    const source = /^from: (\S+\.py)$/.exec(directive ?? "")?.[1];
    expect(
      source,
      "put a comment like <!-- from: examples/fastapi/auth.py --> before the snippet",
    ).toBeDefined();
    expect(readFileSync(join(root, source ?? ""), "utf8")).toContain(`${code}\n`);
  });
}
