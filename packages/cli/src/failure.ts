import { CommanderError } from "commander";
import { CliError } from "./cli-error.ts";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { say, withoutTokens } from "./terminal.ts";

// Told by its name: importing the class would load the identity server, also on a Node that cannot run it.
const identityErrorName = "IdentityError";

/** Codes of the identity server's errors that the command line or the config causes. */
const usageCodes = new Set([
  "settings_invalid",
  "not_loopback",
  "control_forbidden",
  "secret_wrong",
  "data_missing",
]);

/** Which option mends an error of the identity server, which knows nothing of the command. */
const optionFixes: Readonly<Record<string, string>> = {
  port_taken: "--port N takes another port; hallpass dev --port 0 finds a free one.",
  data_unwritable: "--data DIR uses another folder.",
  data_missing: "--data DIR names it; the default is .hallpass in the folder the command runs in.",
};

/** Shows an error to a person, without a stack trace, and returns the exit code it stands for. */
export function report(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (error instanceof CliError) {
    show(error.fix === undefined ? error.message : `${error.message}\n${capitalized(error.fix)}`);
    return error.exitCode;
  }
  if (error instanceof Error && error.name === identityErrorName && "code" in error) {
    const code = String(error.code);
    show([error.message, optionFixes[code]].filter(Boolean).join("\n"));
    return usageCodes.has(code) ? exitCodes.usage : exitCodes.failed;
  }
  const text = error instanceof Error ? error.message : String(error);
  show(`Something went wrong inside Hallpass: ${text}\nWith HALLPASS_DEBUG=1 the command shows where.`);
  if (process.env.HALLPASS_DEBUG && error instanceof Error)
    process.stderr.write(`${withoutTokens(error.stack ?? "")}\n`);
  return exitCodes.internal;
}

function show(text: string): void {
  say().error(withoutTokens(text));
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
