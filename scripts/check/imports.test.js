// @ts-check
import { describe, expect, it } from "vitest";
import { importsOf, judgeImport } from "./imports.js";

describe("the imports of a module", () => {
  it("are found in every form, but not in comments and texts", () => {
    const text = [
      '// import "in-a-comment";',
      'import "side-effect";',
      'import type { A } from "a-type";',
      'export * from "re-export";',
      'const text = "import \\"in-a-text\\"";',
      'const b = await import("dynamic");',
      'type C = import("type-import").C;',
    ].join("\n");
    expect(importsOf("module.ts", text)).toEqual([
      { specifier: "side-effect", line: 2 },
      { specifier: "a-type", line: 3 },
      { specifier: "re-export", line: 4 },
      { specifier: "dynamic", line: 6 },
      { specifier: "type-import", line: 7 },
    ]);
  });
});

describe("an import", () => {
  it.each([
    ["@hallpass/api", "@hallpass/tokens"],
    ["@hallpass/react", "@hallpass/tokens/claims"],
    ["hallpass", "@hallpass/identity"],
    ["@hallpass/tokens", "node:crypto"],
  ])("of %s may be %s", (importer, imported) => {
    expect(judgeImport(importer, imported, { test: false })).toBeUndefined();
  });

  it.each([
    ["@hallpass/tokens", "@hallpass/api"],
    ["@hallpass/api", "@hallpass/client"],
    ["@hallpass/api", "@hallpass/testing"],
    ["@hallpass/react", "@hallpass/identity"],
    ["@hallpass/identity", "hallpass"],
    ["@hallpass/api", "@hallpass/unheard-of"],
  ])("of %s must not be %s", (importer, imported) => {
    expect(judgeImport(importer, imported, { test: false })).toBeTypeOf("string");
  });

  it("of a test may be the test issuer, and identity for the client and React", () => {
    expect(judgeImport("@hallpass/tokens", "@hallpass/testing", { test: true })).toBeUndefined();
    expect(judgeImport("@hallpass/client", "@hallpass/identity", { test: true })).toBeUndefined();
    expect(judgeImport("@hallpass/tokens", "@hallpass/identity", { test: true })).toBeTypeOf("string");
    expect(judgeImport("@hallpass/api", "@hallpass/client", { test: true })).toBeTypeOf("string");
  });
});
