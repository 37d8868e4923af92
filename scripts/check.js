// @ts-check
// npm run check: everything about the code that needs no test run. All checks run, even if one fails.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile } from "./lib/build.js";
import { install } from "./lib/install.js";
import { withLock } from "./lib/lock.js";
import { environment, node24 } from "./lib/node-versions.js";
import { prepare } from "./lib/prepare.js";
import { capture } from "./lib/run.js";
import { bold, command, dim, duration, green, red, say } from "./lib/terminal.js";
import { publishedPackages, root } from "./lib/workspace.js";
import { packAll } from "./pack/pack.js";

/** @typedef {{ ok: boolean, output: string }} Verdict */

await command(async () => {
  await prepare({ build: false });
  const { brokenImports } = await import("./check/imports.js");
  const { forbiddenWords } = await import("./check/words.js");
  const { missingFromLockfile } = await import("./check/lockfile.js");
  const { forgottenProjects } = await import("./check/projects.js");
  const { sizes } = await import("./check/sizes.js");
  const packs = mkdtempSync(join(tmpdir(), "hallpass-check-"));
  let failed = 0;
  let passed = 0;

  /** @param {string} name @param {() => Promise<Verdict> | Verdict} work */
  const check = async (name, work) => {
    const start = Date.now();
    /** @type {Verdict} */
    let verdict;
    try {
      verdict = await work();
    } catch (error) {
      verdict = { ok: false, output: error instanceof Error ? error.message : String(error) };
    }
    if (verdict.ok) passed += 1;
    else failed += 1;
    say(`${verdict.ok ? green("✓") : red("✗")} ${name} ${dim(duration(Date.now() - start))}`);
    if (!verdict.ok) say(verdict.output.trim().replaceAll(/^/gm, "    "));
  };

  try {
    say(bold("Checks"));
    await check("types (tsc)", () =>
      withLock(async () => {
        const { code, output } = await compile();
        return { ok: code === 0, output };
      }),
    );
    await check("types of the tests with other clients (tsc)", () =>
      withLock(async () => {
        await install(join(root, "interop"));
        const { code, output } = await compile(["interop"]);
        return { ok: code === 0, output };
      }),
    );
    await check("every TypeScript project is compiled", () => list(forgottenProjects()));
    await check("the lockfile is complete for every system", () => list(missingFromLockfile()));
    await check("format and lint (biome)", () => tool("@biomejs/biome/bin/biome", ["ci", "--colors=off"]));
    await check("imports only point down", () => list(brokenImports()));
    await check("unused files, exports and dependencies (knip)", () =>
      tool("knip/bin/knip.js", ["--no-progress"]),
    );
    await check("no leftovers and no words of our own", () => list(forbiddenWords()));

    /** @type {import("./pack/pack.js").Packed[]} */
    let packed = [];
    await check("the packages can be packed", async () => {
      packed = await withLock(() => packAll(packs));
      return list(packed.flatMap(missingFiles));
    });
    for (const { name } of publishedPackages()) {
      const tarball = packed.find((entry) => entry.name === name)?.tarball ?? "";
      await check(`${name}: package.json and files agree (publint)`, () =>
        tool("publint/src/cli.js", ["run", tarball, "--strict"]),
      );
      await check(`${name}: types resolve (attw)`, () =>
        tool("@arethetypeswrong/cli/dist/index.js", [
          tarball,
          "--profile",
          "esm-only",
          "--format",
          "ascii",
          "--no-emoji",
        ]),
      );
    }
    for (const { name, ok, output } of await sizes()) await check(`size of ${name}`, () => ({ ok, output }));
  } finally {
    rmSync(packs, { recursive: true, force: true });
  }
  say();
  say(`${passed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
});

/** @param {readonly string[]} findings @returns {Verdict} */
function list(findings) {
  return { ok: findings.length === 0, output: findings.join("\n") };
}

/** @param {string} script in node_modules @param {readonly string[]} args @returns {Promise<Verdict>} */
async function tool(script, args) {
  const { code, output } = await capture(node24(), [join(root, "node_modules", script), ...args], {
    env: environment({ plain: true }),
  });
  return { ok: code === 0, output: `${output}\n(exit code ${code})` };
}

/** A package without its licence or its README is not finished. @param {import("./pack/pack.js").Packed} packed */
function missingFiles({ name, files }) {
  return ["LICENSE", "README.md"]
    .filter((file) => !files.includes(file))
    .map((file) => `${name}: ${file} is not in the tarball`);
}
