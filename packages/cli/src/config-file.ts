import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { HallpassConfig } from "@hallpass/identity/config";
import { type CliError, usageError } from "./cli-error.ts";
import { describeConfigFailure } from "./config-failure.ts";
import { readModulesAsModules } from "./config-modules.ts";

/** Looked for in this order in the folder the command runs in. */
const configNames: readonly string[] = [
  "hallpass.config.ts",
  "hallpass.config.mts",
  "hallpass.config.js",
  "hallpass.config.mjs",
  "hallpass.config.json",
];

export interface LoadedConfig {
  /** Absolute path. */
  readonly file: string;
  readonly config: HallpassConfig;
}

/**
 * Reads the settings of a folder. TypeScript is read by Node itself (type stripping), so a config may use types
 * but no enums or parameter properties.
 *
 * @param file `--config`, relative to `folder`; without it the {@link configNames} are tried
 * @returns `undefined` when no file was named and none exists
 * @throws {CliError} with the fix, when the file is missing, cannot be read or exports no settings
 */
export async function loadConfig(folder: string, file?: string): Promise<LoadedConfig | undefined> {
  const path = file === undefined ? findConfig(folder) : resolve(folder, file);
  if (path === undefined) return undefined;
  if (!existsSync(path)) {
    throw usageError(
      "config_missing",
      `There is no config file ${path}.`,
      "check the path after --config; it is relative to the folder the command runs in.",
    );
  }
  const exported = extname(path) === ".json" ? readJson(path) : await importDefault(path);
  if (typeof exported !== "object" || exported === null || Array.isArray(exported)) {
    throw noSettings(path, exported);
  }
  return { file: path, config: exported as HallpassConfig };
}

function findConfig(folder: string): string | undefined {
  return configNames.map((name) => resolve(folder, name)).find((path) => existsSync(path));
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw describeConfigFailure(path, error);
  }
}

async function importDefault(path: string): Promise<unknown> {
  if (/\.[cm]?ts$/.test(path) && !process.features.typescript) {
    throw usageError(
      "config_needs_newer_node",
      `This Node (${process.versions.node}) cannot read TypeScript, so ${basename(path)} cannot be loaded.`,
      "give --issuer URL and --audience NAME, run the command with Node 24, or write the settings as hallpass.config.mjs or hallpass.config.json.",
    );
  }
  const stop = readModulesAsModules();
  try {
    const module: { default?: unknown } = await import(pathToFileURL(path).href);
    return await module.default;
  } catch (error) {
    throw describeConfigFailure(path, error);
  } finally {
    stop();
  }
}

function noSettings(path: string, exported: unknown): CliError {
  const found = exported === undefined ? "nothing" : exported === null ? "null" : `a ${kindOf(exported)}`;
  return usageError(
    "config_exports_nothing",
    `${basename(path)} in ${dirname(path)} exports ${found} where the settings are expected.`,
    extname(path) === ".json"
      ? 'make it a JSON object: { "permissions": … }'
      : "end it with: export default defineConfig({ … });",
  );
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? "list" : typeof value;
}
