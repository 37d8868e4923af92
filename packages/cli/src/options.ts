import { type Command, InvalidArgumentError, Option } from "commander";

/** The examples at the end of a command's help: each a comment and what to type. */
export function addExamples(command: Command, examples: readonly (readonly [string, string])[]): void {
  const lines = examples.map(([comment, line]) => `  # ${comment}\n  ${line}`);
  command.addHelpText("after", `\nExamples:\n${lines.join("\n\n")}`);
}

export function configOption(): Option {
  return new Option("--config <file>", "settings to use (default: hallpass.config.ts in this folder)");
}

export function dataOption(): Option {
  return new Option("--data <dir>", "folder of the database and the keys (default: .hallpass)");
}

export function jsonOption(): Option {
  return new Option("--json", "print JSON");
}

/** Reads a TCP port; 0 asks for a free one. */
export function parsePort(value: string): number {
  const port = Number(value);
  if (!/^\d{1,5}$/.test(value) || port > 65535) {
    throw new InvalidArgumentError("A port is a whole number from 0 to 65535; 0 takes a free one.");
  }
  return port;
}

/** Collects the values of an option that may be given more than once. */
export function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}
