import { type ExitCode, exitCodes } from "./exit-codes.ts";

/** An error that a person can mend: shown as its message and its fix, never with a stack trace. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly code: string;
  readonly fix: string | undefined;
  readonly exitCode: ExitCode;

  constructor(code: string, message: string, options: { fix?: string; exitCode?: ExitCode } = {}) {
    super(message);
    this.code = code;
    this.fix = options.fix;
    this.exitCode = options.exitCode ?? exitCodes.failed;
  }
}

/** A {@link CliError} whose cause is the command line, the settings or the runtime (exit code 2). */
export function usageError(code: string, message: string, fix?: string): CliError {
  return new CliError(code, message, { ...(fix === undefined ? {} : { fix }), exitCode: exitCodes.usage });
}
