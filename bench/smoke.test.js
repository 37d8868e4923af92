// The benchmark runs; how fast anything is, is not a matter for tests.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

it("the benchmark of verification runs", { timeout: 60_000 }, () => {
  const script = fileURLToPath(new URL("./verify.js", import.meta.url));
  const output = execFileSync(process.execPath, [script, "--smoke"], { encoding: "utf8" });
  expect(output).toMatch(/LIMIT: the signature alone\s+1\.00/);
  expect(output).toMatch(/Hallpass, 64 in flight/);
});
