import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hallpass } from "../test/run-hallpass.ts";

/** A folder with one config file, and what `hallpass explain` says there: it has to load the config. */
async function explainWith(name: string, text: string, files: Record<string, string> = {}) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "hallpass-config-")));
  writeFileSync(join(folder, name), text);
  for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content);
  return { folder, ...(await hallpass(["explain", "-"], { cwd: folder, input: "not-a-token" })) };
}

const settings = '{ issuer: "http://localhost:1", apis: [{ audience: "https://api.example" }] }';

test.each([
  [
    "hallpass.config.ts",
    `const settings: { issuer: string; apis: { audience: string }[] } = ${settings};\nexport default settings;`,
  ],
  ["hallpass.config.mts", `export default ${settings} as const;`],
  ["hallpass.config.mjs", `export default ${settings};`],
  ["hallpass.config.js", `module.exports = ${settings};`],
  [
    "hallpass.config.json",
    JSON.stringify({ issuer: "http://localhost:1", apis: [{ audience: "https://api.example" }] }),
  ],
])("%s is found and read, without a warning of Node's", async (name, text) => {
  const { stdout, stderr } = await explainWith(name, text);
  expect(stdout).toContain("http://localhost:1");
  expect(stdout).toContain("https://api.example");
  expect(stderr).toBe("");
});

test.each(["hallpass.config.ts", "hallpass.config.js"])(
  "%s with import and export is read below the package.json of npm init, its own files too",
  async (name) => {
    const users = `users${name.slice(-3)}`;
    const { stdout, stderr } = await explainWith(
      name,
      `import { users } from "./${users}";\nexport default { ...${settings}, users };`,
      { "package.json": '{ "type": "commonjs" }', [users]: "export const users = [];" },
    );
    expect(stdout).toContain("https://api.example");
    expect(stderr).toBe("");
  },
);

test("a config that exports with module.exports is read there too", async () => {
  const { stdout, stderr } = await explainWith("hallpass.config.ts", `module.exports = ${settings};`, {
    "package.json": '{ "type": "commonjs" }',
  });
  expect(stdout).toContain("https://api.example");
  expect(stderr).toBe("");
});

test("a syntax error is shown with its place and without a stack trace", async () => {
  const { code, stderr } = await explainWith("hallpass.config.mjs", "export default {\n  apis: [ ;\n};");
  expect(code).toBe(2);
  expect(stderr).toMatch(/hallpass\.config\.mjs:2 is not valid: Unexpected token ';'/);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test("a broken JSON file too, and nothing of its text is repeated", async () => {
  const { code, stderr } = await explainWith(
    "hallpass.config.json",
    '{ "password": "ada-loves-books", "apis": [ }',
  );
  expect(code).toBe(2);
  expect(stderr).toMatch(/hallpass\.config\.json is not valid: .*JSON/);
  expect(stderr).not.toContain("ada-loves-books");
  expect(stderr).not.toMatch(/^\s+at /m);
});

test("an exception in the config names the line", async () => {
  const { code, stderr } = await explainWith(
    "hallpass.config.ts",
    'const a = 1;\nthrow new Error("no database");\n',
  );
  expect(code).toBe(2);
  expect(stderr).toMatch(/hallpass\.config\.ts:2:\d+ failed while it was loaded: no database/);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test("TypeScript that has to be compiled is refused with the alternative", async () => {
  const { code, stderr } = await explainWith("hallpass.config.ts", "enum A { B }\nexport default {};");
  expect(code).toBe(2);
  expect(stderr).toMatch(/hallpass\.config\.ts:1 is not valid: .*enum/);
  expect(stderr).toContain("plain objects");
});

test("a package that is not installed is named with the command that installs it", async () => {
  const { code, stderr } = await explainWith(
    "hallpass.config.ts",
    'import { defineConfig } from "hallpass";\nexport default defineConfig({});',
  );
  expect(code).toBe(2);
  expect(stderr).toContain("imports hallpass, which cannot be found");
  expect(stderr).toContain("Install hallpass in the project of the config");
});

test("an own file without its extension is named with the remedy", async () => {
  const { stderr } = await explainWith(
    "hallpass.config.ts",
    'import { a } from "./users";\nexport default { a };',
    {
      "users.ts": "export const a = 1;",
    },
  );
  expect(stderr).toContain("imports users, which cannot be found");
  expect(stderr).toContain("need their extension");
});

test.each([
  ["export const config = {};", "exports nothing"],
  ["export default () => ({});", "exports a function"],
  ["export default [];", "exports a list"],
])("%s is told what to export", async (text, message) => {
  const { code, stderr } = await explainWith("hallpass.config.ts", text);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
  expect(stderr).toContain("export default defineConfig({ … })");
});

test("a file named by --config that does not exist", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hallpass-config-"));
  const { code, stderr } = await hallpass(["explain", "-", "--config", "other.ts"], {
    cwd: folder,
    input: "x",
  });
  expect(code).toBe(2);
  expect(stderr).toMatch(/There is no config file .*other\.ts/);
});

test("defineConfig from hallpass works where hallpass is installed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hallpass-config-"));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(join(import.meta.dirname, ".."), join(folder, "node_modules/hallpass"), "dir");
  writeFileSync(
    join(folder, "hallpass.config.ts"),
    `import { defineConfig } from "hallpass";\nexport default defineConfig(${settings});`,
  );
  const { stdout } = await hallpass(["explain", "-"], { cwd: folder, input: "not-a-token" });
  expect(stdout).toContain("https://api.example");
});
