// @ts-check
// What the documents refer to exists: links, headings, npm scripts, commands and their options.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import process from "node:process";
import { expect, it } from "vitest";
import { capture } from "../lib/run.js";
import { publishedPackages, readManifest, root } from "../lib/workspace.js";
import { documents } from "./documents.js";
import { anchors, fences, localLinks } from "./markdown.js";
import { commandLines, filesIn, npmScript, ourCommand } from "./shell.js";

const shells = ["sh", "bash", "shell", "console"];
const cli = publishedPackages().find(({ name }) => name === "hallpass");
const main = cli && join(cli.path, cli.manifest.bin?.hallpass ?? "");
const scripts = readManifest(root).scripts ?? {};

/** @type {Map<string, Promise<{ code: number, output: string }>>} */
const helps = new Map();

/** The help text of a command, asked for once. @param {readonly string[]} words */
function help(words) {
  const key = words.join(" ");
  const asked =
    helps.get(key) ??
    capture(process.execPath, [main ?? "", ...words, "--help"], { env: { ...process.env, NO_COLOR: "1" } });
  helps.set(key, asked);
  return asked;
}

for (const { file, text } of documents()) {
  for (const { target, line } of localLinks(text)) {
    it(`${file}:${line}: ${target} exists`, () => {
      const [path = "", anchor] = target.split("#");
      const resolved = path === "" ? file : posix.join(dirname(file), decodeURI(path));
      expect(existsSync(join(root, resolved)), `${resolved} is missing`).toBe(true);
      if (anchor && resolved.endsWith(".md"))
        expect([...anchors(readFileSync(join(root, resolved), "utf8"))]).toContain(anchor);
    });
  }

  for (const fence of fences(file, text).filter(({ language }) => shells.includes(language))) {
    for (const { words, line } of commandLines(fence)) {
      const name = `${file}:${line}: ${words.join(" ")}`;
      const script = npmScript(words);
      if (script !== undefined) {
        it(`${name} names a script of package.json`, () => {
          expect(Object.keys(scripts)).toContain(script);
        });
      }
      const ours = ourCommand(words);
      if (ours !== undefined) {
        it(`${name} is a command as its help has it`, async () => {
          const { code, output } = await help(ours.command);
          expect(code, output).toBe(0);
          for (const option of ours.options) expect(output).toContain(option);
        });
      }
      for (const path of filesIn(words)) {
        it(`${name} names files that exist`, () => {
          expect(existsSync(join(root, path)), `${path} is missing`).toBe(true);
        });
      }
    }
  }
}
