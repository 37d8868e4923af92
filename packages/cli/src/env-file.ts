import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { usageError } from "./cli-error.ts";

/** The two halves of an application that `--write-env` writes settings for. */
export type Half = "web" | "api";

export interface EnvTarget {
  readonly half: Half;
  /** Absolute path of the folder whose `.env` is written. */
  readonly folder: string;
}

export interface EnvValues {
  readonly issuer: string;
  readonly clientId: string | undefined;
  readonly audience: string | undefined;
}

export interface EnvChange {
  readonly name: string;
  /** `undefined` when the line is new. */
  readonly before: string | undefined;
  readonly after: string;
}

const syntax = "write --write-env web=DIR, --write-env api=DIR, or both: --write-env web=DIR,api=DIR";

/**
 * Reads the values of `--write-env`: `web=DIR`, `api=DIR`, separated by commas or given one after the other.
 * @throws {CliError} for anything else, and for folders that do not exist
 */
export function parseEnvTargets(values: readonly string[], cwd: string): EnvTarget[] {
  return values
    .flatMap((value) => value.split(","))
    .filter((value) => value !== "")
    .map((value) => {
      const [, half, directory] = /^(web|api)=(.+)$/.exec(value) ?? [];
      if (half === undefined || directory === undefined) {
        throw usageError("env_target_invalid", `--write-env ${value} names no half and folder.`, syntax);
      }
      const folder = resolve(cwd, directory);
      if (!existsSync(folder) || !statSync(folder).isDirectory()) {
        throw usageError(
          "env_folder_missing",
          `--write-env ${value}: there is no folder ${folder}.`,
          "create it, or name the folder of that half of your application.",
        );
      }
      return { half: half as Half, folder };
    });
}

/** The variables that a half reads: Vite shows a browser only those that begin with `VITE_`. */
export function envOf(half: Half, { issuer, clientId, audience }: EnvValues): Record<string, string> {
  const all =
    half === "web"
      ? { VITE_HALLPASS_ISSUER: issuer, VITE_HALLPASS_CLIENT_ID: clientId, VITE_HALLPASS_AUDIENCE: audience }
      : { HALLPASS_ISSUER: issuer, HALLPASS_AUDIENCE: audience };
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/**
 * Sets variables in the text of a `.env` file. Other lines, comments, their order and the line ends stay as they are;
 * a variable that is there more than once is changed everywhere, because readers disagree on which one counts.
 */
export function setVariables(
  text: string,
  variables: Readonly<Record<string, string>>,
): { text: string; changes: EnvChange[] } {
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  const lines = text === "" ? [] : text.replace(/\r?\n$/, "").split(/\r?\n/);
  const changes: EnvChange[] = [];
  for (const [name, after] of Object.entries(variables)) {
    const pattern = new RegExp(`^(\\s*(?:export\\s+)?${name}\\s*=)(.*)$`);
    let before: string | undefined;
    lines.forEach((line, index) => {
      const match = pattern.exec(line);
      if (match === null) return;
      const value = unquoted(match[2] ?? "");
      if (value !== after) before = value;
      else before ??= value;
      if (value !== after) lines[index] = `${match[1]}${after}`;
    });
    if (before === undefined) lines.push(`${name}=${after}`);
    if (before !== after) changes.push({ name, before, after });
  }
  return { text: changes.length === 0 ? text : lines.join(end) + end, changes };
}

function unquoted(value: string): string {
  const trimmed = value.trim();
  const quoted = /^(["'`])(.*)\1/.exec(trimmed);
  return quoted?.[2] ?? trimmed.replace(/\s+#.*$/, "");
}

/**
 * Writes the `.env` file of one half.
 * @returns the file and what changed in it: nothing when every line was right already
 * @throws {CliError} when the file cannot be written
 */
export function writeEnv(target: EnvTarget, values: EnvValues): { file: string; changes: EnvChange[] } {
  const file = join(target.folder, ".env");
  try {
    const old = existsSync(file) ? readFileSync(file, "utf8") : "";
    const { text, changes } = setVariables(old, envOf(target.half, values));
    if (changes.length > 0) writeFileSync(file, text);
    return { file, changes };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    throw usageError(
      "env_unwritable",
      `${file} cannot be written (${code}).`,
      "make the file writable for your user.",
    );
  }
}
