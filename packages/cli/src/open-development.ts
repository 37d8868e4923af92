import type { Identity } from "@hallpass/identity";
import type { HallpassConfig } from "@hallpass/identity/config";
import { developmentAddress } from "./address.ts";
import { loadConfig } from "./config-file.ts";
import { claimFolder, configOf, dataFolder, noteInstance, readInstance } from "./data-folder.ts";
import { defaultConfig } from "./default-config.ts";
import { say } from "./terminal.ts";

/**
 * Opens the data of the development server without listening. The config and the issuer are those `hallpass dev`
 * last ran with, so that a token made here is one of the running server.
 *
 * @throws {CliError} when the folder belongs to `hallpass serve`
 */
export async function openDevelopment(options: {
  config?: string | undefined;
  data?: string | undefined;
}): Promise<{ identity: Identity; config: HallpassConfig }> {
  const cwd = process.cwd();
  const folder = dataFolder(cwd, options.data);
  const instance = readInstance(folder);
  const loaded =
    instance?.config === null && options.config === undefined
      ? undefined
      : await loadConfig(cwd, options.config ?? configOf(instance));
  const config = loaded?.config ?? defaultConfig;
  const issuer = instance?.issuer ?? developmentAddress(config, {}).issuer;
  claimFolder(folder, "development");
  if (loaded === undefined && instance === undefined) hintAtFolder(cwd);
  const { createIdentity } = await import("@hallpass/identity");
  const identity = await createIdentity({ config, dataDir: folder, mode: "development", issuer });
  noteInstance(folder, { mode: "development", issuer, config: loaded?.file ?? null });
  return { identity, config };
}

/** In the wrong folder the example's users would answer in the place of one's own. */
function hintAtFolder(cwd: string): void {
  say().info(
    `There is neither hallpass.config.ts nor data of hallpass dev in ${cwd}: this is the built-in example.\n` +
      "For your own users, run the command where the config is, or give --config FILE or --data DIR.",
  );
}
