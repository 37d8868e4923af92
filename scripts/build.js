// @ts-check
// npm run build: installs what is missing and builds every package.
import { prepare } from "./lib/prepare.js";
import { command, say } from "./lib/terminal.js";

await command(async () => {
  await prepare();
  say("The packages are built.");
});
