#!/usr/bin/env node
import { createProgram } from "./command-line.ts";
import { exitCodes } from "./exit-codes.ts";
import { report } from "./failure.ts";
import { quietWarnings } from "./warnings.ts";

quietWarnings();

// The reader of a pipe (`hallpass users list | head`) may leave before everything is written.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(exitCodes.ok);
});

try {
  await createProgram().parseAsync();
} catch (error) {
  process.exitCode = report(error);
}
