// @ts-check
// npm run pack: a tarball of each package in .cache/packs, to be installed in any project with npm install.
import { dirname, join, relative } from "node:path";
import { withLock } from "./lib/lock.js";
import { prepare } from "./lib/prepare.js";
import { command, say } from "./lib/terminal.js";
import { root } from "./lib/workspace.js";
import { packAll } from "./pack/pack.js";

await command(async () => {
  await prepare();
  const packed = await withLock(() => packAll());
  for (const { name, tarball } of packed) say(`${name.padEnd(20)} ${relative(root, tarball)}`);
  say("\nThey need each other. In your project, install them together:");
  say(`  npm install ${join(dirname(packed[0]?.tarball ?? root), "*.tgz")}`);
});
