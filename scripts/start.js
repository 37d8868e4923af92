// @ts-check
// npm start: the bookstore, its API and the identity server, on this machine. Arguments are passed on.
import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { environment, node24 } from "./lib/node-versions.js";
import { prepare } from "./lib/prepare.js";
import { handOver } from "./lib/run.js";
import { command, PlainError } from "./lib/terminal.js";
import { root } from "./lib/workspace.js";

await command(async () => {
  await prepare();
  const script = join(root, "examples/bookstore/dev.ts");
  if (!existsSync(script))
    throw new PlainError("examples/bookstore/dev.ts is missing: this checkout is not complete.");
  return handOver(node24(), [script, ...process.argv.slice(2)], {
    cwd: join(root, "examples/bookstore"),
    env: environment(),
    stdin: true,
  });
});
