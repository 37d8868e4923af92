// @ts-check
// node scripts/install-folder.js FOLDER: installs a folder that has a package-lock.json of its own, for a test that
// needs packages which nothing else needs.
import { resolve } from "node:path";
import process from "node:process";
import { install } from "./lib/install.js";
import { withLock } from "./lib/lock.js";
import { command, PlainError } from "./lib/terminal.js";

await command(async () => {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new PlainError("Name the folder: node scripts/install-folder.js FOLDER");
  await withLock(() => install(resolve(folder)));
});
