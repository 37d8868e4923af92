import { spawnSync } from "node:child_process";
import { basename } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type CliError, usageError } from "./cli-error.ts";

/** Says why a config file could not be loaded, where in it, and what to do: the parts of a stack trace that help. */
export function describeConfigFailure(path: string, error: unknown): CliError {
  const name = basename(path);
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && "code" in error ? error.code : undefined;

  if (code === "EACCES" || code === "EISDIR") {
    return usageError("config_unreadable", `${path} cannot be read (${code}).`, "make it a readable file.");
  }
  if (code === "ERR_MODULE_NOT_FOUND") return missingModule(name, message);
  if (error instanceof SyntaxError) {
    return usageError(
      "config_syntax",
      `${syntaxErrorPlace(path, error)} is not valid: ${withoutSource(firstLine(message))}`,
      code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX"
        ? "Node only removes types. Write enums, namespaces and parameter properties as plain objects and assignments."
        : "correct it there.",
    );
  }
  const place = placeIn(path, error);
  return usageError(
    "config_failed",
    `${name}${place} failed while it was loaded: ${firstLine(message)}`,
    `make the file load without errors: node ${name} shows them in full.`,
  );
}

function missingModule(name: string, message: string): CliError {
  const wanted = /Cannot find (?:module|package) '([^']+)'/.exec(message)?.[1] ?? "a module";
  const isFile = wanted.startsWith("/") || wanted.startsWith("file:") || /^[A-Za-z]:\\/.test(wanted);
  return usageError(
    "config_import_missing",
    `${name} imports ${isFile ? basename(wanted) : wanted}, which cannot be found.`,
    isFile
      ? 'imports of your own files need their extension: import { x } from "./x.ts".'
      : `install ${wanted} in the project of the config. For its types alone, import type is enough.`,
  );
}

/** `:line:column` of the first stack line inside the file. */
function placeIn(path: string, error: unknown): string {
  if (!(error instanceof Error) || error.stack === undefined) return "";
  const url = pathToFileURL(path).href;
  const at = error.stack.indexOf(`${url}:`);
  return at < 0 ? "" : (/^:\d+(?::\d+)?/.exec(error.stack.slice(at + url.length))?.[0] ?? "");
}

/**
 * File and line of a syntax error. Node puts them before the stack for TypeScript only; for JavaScript it says them
 * when it checks the file. The line itself stays out: it may hold a password.
 */
function syntaxErrorPlace(path: string, error: SyntaxError): string {
  const reports = [error.stack ?? "", path.endsWith(".json") ? "" : checkSyntax(path)];
  for (const report of reports) {
    const [, file, line] = /^(.+):(\d+)\n.*\n\s*\^/.exec(report) ?? [];
    if (file !== undefined) return `${basename(safePath(file))}:${line}`;
  }
  return basename(path);
}

/** V8 quotes a part of the text that is not JSON. */
function withoutSource(message: string): string {
  return message.replace(/, (?:\.\.\.)?".*" is not valid JSON/, " is not valid in JSON");
}

function checkSyntax(path: string): string {
  return spawnSync(process.execPath, ["--check", path], { encoding: "utf8" }).stderr;
}

function firstLine(text: string): string {
  return (text.trim().split("\n")[0] ?? "").replace(/file:\/\/\S+/g, (url) => basename(safePath(url)));
}

function safePath(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    return url;
  }
}
