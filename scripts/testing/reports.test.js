// @ts-check
import { execFile } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { root } from "../lib/workspace.js";
import { readPlaywrightReport } from "./playwright.js";
import { totals } from "./suite.js";
import { readVitestReport } from "./vitest.js";

/** @type {string} */
let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hallpass-report-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** @param {unknown} content */
function report(content) {
  const file = join(folder, "report.json");
  writeFileSync(file, JSON.stringify(content));
  return file;
}

describe("Vitest's report", () => {
  const test = (/** @type {string} */ fullName, /** @type {string} */ status) => ({ fullName, status });
  const file = (
    /** @type {string} */ path,
    /** @type {string} */ status,
    /** @type {unknown[]} */ assertionResults,
    message = "",
  ) => ({
    name: join(root, path),
    status,
    message,
    startTime: 0,
    endTime: 10,
    assertionResults,
  });

  it("is counted by package, and what failed or was skipped is named", () => {
    const suites = readVitestReport(
      report({
        testResults: [
          file("packages/tokens/src/a.test.ts", "passed", [test("one", "passed"), test("two", "pending")]),
          file("packages/api/src/b.test.ts", "failed", [test("three", "failed")]),
        ],
      }),
      1,
    );
    expect(suites).toMatchObject([
      { name: "api", passed: 0, failed: ["packages/api/src/b.test.ts: three"], skipped: [] },
      { name: "tokens", passed: 1, failed: [], skipped: [{ name: "packages/tokens/src/a.test.ts: two" }] },
    ]);
    expect(totals(suites)).toEqual({ failed: 1, line: "1 passed, 1 failed, 1 skipped" });
  });

  it("counts a file that does not load as a failure", () => {
    const path = report({
      testResults: [file("packages/api/src/b.test.ts", "failed", [], "Cannot find module")],
    });
    expect(readVitestReport(path, 1)).toMatchObject([
      { failed: ["packages/api/src/b.test.ts: Cannot find module"] },
    ]);
  });

  it("counts an exit code without a failed test, and a missing report, as a failure", () => {
    expect(readVitestReport(report({ testResults: [] }), 1)).toMatchObject([
      { failed: [expect.any(String)] },
    ]);
    expect(readVitestReport(join(folder, "none.json"), 1)).toMatchObject([{ failed: [expect.any(String)] }]);
    expect(readVitestReport(report({ testResults: [] }), 0)).toEqual([]);
  });
});

describe("Playwright's report", () => {
  const spec = (/** @type {string} */ title, /** @type {string} */ status) => ({
    title,
    line: 3,
    tests: [{ status }],
  });
  const suites = [
    { title: "a.spec.ts", file: "a.spec.ts", specs: [spec("works", "expected")], suites: [] },
    { title: "b.spec.ts", file: "b.spec.ts", specs: [spec("fails", "unexpected")], suites: [] },
  ];
  const content = { suites, errors: [], stats: { duration: 10 } };

  it("is counted", () => {
    expect(readPlaywrightReport(report(content), 1)).toMatchObject([
      { passed: 1, failed: ["b.spec.ts:3 › fails"] },
    ]);
  });

  it("lists every test by name where there is no browser", () => {
    const [suite] = readPlaywrightReport(report(content), 0, "no browser");
    expect(suite?.skipped.map(({ name }) => name)).toEqual(["a.spec.ts:3 › works", "b.spec.ts:3 › fails"]);
  });

  it("counts an error outside of any test as a failure", () => {
    const path = report({ suites: [], errors: [{ message: "no web server" }], stats: { duration: 0 } });
    expect(readPlaywrightReport(path, 1)).toMatchObject([{ failed: ["no web server"] }]);
  });
});

describe.skipIf(process.platform === "win32")(".ci/run", () => {
  /** Runs a copy of it with an npm that only prints. @param {Record<string, string>} answers shell code by script */
  function run(answers) {
    mkdirSync(join(folder, ".ci"));
    cpSync(join(root, ".ci/run"), join(folder, ".ci/run"));
    const cases = Object.entries(answers).map(([words, code]) => `"${words}") ${code};;`);
    writeFileSync(join(folder, "npm"), `#!/bin/sh\ncase "$*" in\n${cases.join("\n")}\nesac\n`);
    chmodSync(join(folder, "npm"), 0o755);
    const env = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` };
    return new Promise((resolve) => {
      execFile(join(folder, ".ci/run"), { env }, (error, stdout) => {
        resolve({ code: error?.code ?? 0, last: stdout.trimEnd().split("\n").at(-1) });
      });
    });
  }

  it("sums up the totals of its commands", async () => {
    const answers = {
      test: 'echo "5 passed, 0 failed, 2 skipped"',
      "run test:long": 'echo "0 passed, 0 failed"',
      "run check": 'echo "20 passed, 0 failed"',
    };
    expect(await run(answers)).toEqual({ code: 0, last: "25 passed, 0 failed, 2 skipped" });
  });

  it("fails with a failed test", async () => {
    const answers = {
      test: 'echo "5 passed, 1 failed"; exit 1',
      "run test:long": 'echo "0 passed, 0 failed"',
      "run check": 'echo "20 passed, 0 failed"',
    };
    expect(await run(answers)).toEqual({ code: 1, last: "25 passed, 1 failed" });
  });

  it("counts a command that breaks off, or fails without saying what, as a failure", async () => {
    const answers = {
      test: "exit 3",
      "run test:long": 'echo "0 passed, 0 failed"; exit 1',
      "run check": 'echo "20 passed, 0 failed"',
    };
    expect(await run(answers)).toEqual({ code: 1, last: "20 passed, 2 failed" });
  });
});
