import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { CliError, usageError } from "./cli-error.ts";

export type Mode = "development" | "production";

/** What a data folder was last started with. `hallpass token` and `hallpass users` go by it. */
export interface Instance {
  readonly mode: Mode;
  /** `undefined` until a first start has succeeded. */
  readonly issuer?: string;
  /** Absolute path of the config; `null` for the built-in example. */
  readonly config?: string | null;
}

/** Where the data is: `--data`, else `.hallpass` in the folder the command runs in. */
export function dataFolder(cwd: string, option: string | undefined): string {
  return resolve(cwd, option ?? ".hallpass");
}

/** What the folder was last started with; `undefined` for a new one. */
export function readInstance(folder: string): Instance | undefined {
  const file = instanceFile(folder);
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Instance;
  } catch {
    throw usageError("data_unreadable", `${file} is not valid JSON.`, "delete that file and start again.");
  }
}

/** The config the folder was last started with, if that file is still there. */
export function configOf(instance: Instance | undefined): string | undefined {
  const file = instance?.config ?? undefined;
  return file !== undefined && existsSync(file) ? file : undefined;
}

/**
 * Refuses a folder of the other mode: development knows the passwords of its users from the config, so its data must
 * never serve the public, and a development start must never add such users to real ones. A new folder is marked
 * before anything is put into it.
 *
 * @throws {CliError} for a folder of the other mode, and for one that cannot be written
 */
export function claimFolder(folder: string, mode: Mode): void {
  const instance = readInstance(folder);
  if (instance === undefined) noteInstance(folder, { mode });
  if (instance === undefined || instance.mode === mode) return;
  throw usageError(
    "data_of_other_mode",
    mode === "production"
      ? `The data in ${folder} is of hallpass dev: its users have passwords that stand in the config.`
      : `The data in ${folder} is of hallpass serve: development must not touch it.`,
    "use another folder: --data DIR.",
  );
}

/** Creates the folder, out of version control's sight, and notes what it is started with. */
export function noteInstance(folder: string, instance: Instance): void {
  try {
    makeFolder(folder);
    const ignore = join(folder, ".gitignore");
    if (!existsSync(ignore)) writeFileSync(ignore, "*\n");
    // Renamed into place, because `hallpass token` may read it at this moment.
    const draft = `${instanceFile(folder)}.${process.pid}`;
    writeFileSync(draft, `${JSON.stringify(instance, null, 2)}\n`);
    renameSync(draft, instanceFile(folder));
  } catch (error) {
    throw unwritable(folder, error);
  }
}

/** Folder by folder: with `recursive`, Node never comes back from file systems such as `/proc`. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

function instanceFile(folder: string): string {
  return join(folder, "instance.json");
}

function unwritable(folder: string, error: unknown): CliError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
  return new CliError("data_unwritable", `The data folder ${folder} cannot be written (${code}).`, {
    fix: `make ${dirname(folder)} writable for your user, or name another folder with --data DIR.`,
  });
}
