// @ts-check
// npm run pictures: takes the pictures of the README anew, of the real bookstore in a real browser.
import { join } from "node:path";
import { ensureChromium } from "./lib/chromium.js";
import { environment, node24 } from "./lib/node-versions.js";
import { prepare } from "./lib/prepare.js";
import { handOver } from "./lib/run.js";
import { command, PlainError } from "./lib/terminal.js";
import { root } from "./lib/workspace.js";

await command(async () => {
  await prepare();
  const chromium = await ensureChromium();
  if ("missing" in chromium) throw new PlainError(`${chromium.missing}. To install it: ${chromium.command}`);
  return handOver(
    node24(),
    [
      join(root, "node_modules/@playwright/test/cli.js"),
      "test",
      "--config=e2e/pictures.config.ts",
      "--reporter=list",
    ],
    { env: { ...environment(), HALLPASS_CHROMIUM: chromium.path } },
  );
});
