import type { Identity } from "@hallpass/identity";
import { usageError } from "./cli-error.ts";
import { loadConfig } from "./config-file.ts";
import { configOf, dataFolder, readInstance } from "./data-folder.ts";
import { openDevelopment } from "./open-development.ts";
import { requireSecret } from "./secret.ts";

/**
 * Opens the data of whatever server runs on it, of `hallpass dev` or of `hallpass serve`, without listening. It may
 * be running meanwhile.
 *
 * @throws {CliError} when the data is of `hallpass serve` and the config or the secret is missing
 */
export async function openInstance(options: {
  config?: string | undefined;
  data?: string | undefined;
}): Promise<Identity> {
  const cwd = process.cwd();
  const folder = dataFolder(cwd, options.data);
  const instance = readInstance(folder);
  if (instance?.mode !== "production") return (await openDevelopment(options)).identity;
  const loaded = await loadConfig(cwd, options.config ?? configOf(instance));
  if (loaded === undefined || instance.issuer === undefined) {
    throw usageError(
      "config_missing",
      `The config that the server in ${folder} runs with was not found.`,
      "run the command where the config is, or name it with --config FILE.",
    );
  }
  const secret = requireSecret(process.env.HALLPASS_SECRET);
  const { createIdentity } = await import("@hallpass/identity");
  const { issuer } = instance;
  return await createIdentity({ config: loaded.config, dataDir: folder, mode: "production", issuer, secret });
}
