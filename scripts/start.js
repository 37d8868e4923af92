// @ts-check
// npm start: the bookstore, its API and the identity server, on this machine. Arguments are passed on.
import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { environment, node24 } from "./lib/node-versions.js";
import { prepare } from "./lib/prepare.js";
import { ensurePython } from "./lib/python.js";
import { handOver } from "./lib/run.js";
import { command, PlainError } from "./lib/terminal.js";
import { root } from "./lib/workspace.js";

await command(async () => {
  await prepare();
  const script = join(root, "examples/bookstore/dev.ts");
  if (!existsSync(script))
    throw new PlainError("examples/bookstore/dev.ts is missing: this checkout is not complete.");
  const args = process.argv.slice(2);
  return handOver(node24(), [script, ...args], {
    cwd: join(root, "examples/bookstore"),
    env: { ...environment(), ...(wantsPython(args) && { HALLPASS_PYTHON: await pythonOrStop() }) },
    stdin: true,
  });
});

/** @param {readonly string[]} args */
function wantsPython(args) {
  return args.some((arg, at) => arg === "--api=fastapi" || (arg === "--api" && args[at + 1] === "fastapi"));
}

async function pythonOrStop() {
  const python = await ensurePython();
  if ("path" in python) return python.path;
  throw new PlainError(`${python.missing}. To install it:\n  ${python.command}`);
}
