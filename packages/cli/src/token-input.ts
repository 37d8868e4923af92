import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { usageError } from "./cli-error.ts";

const limit = 1024 * 1024;

interface Input extends Readable {
  readonly isTTY?: boolean | undefined;
}

/**
 * The token to explain: the argument, or standard input for `-` and when something is piped in. White space around
 * it (the newline of `echo`) is no part of it.
 *
 * @throws {CliError} when there is none
 */
export async function readToken(argument: string | undefined, input: Input): Promise<string> {
  if (argument !== undefined && argument !== "-") return argument.trim();
  if (argument === undefined && input.isTTY === true) {
    throw usageError("no_token", "No token was given.", "hallpass explain - reads it from standard input.");
  }
  const text = (input.isTTY === true ? await readLine(input) : await readAll(input)).trim();
  if (text === "") {
    throw usageError(
      "no_token",
      "Standard input is empty.",
      "pipe the token in, for example: hallpass token --user ada@example.com | hallpass explain -",
    );
  }
  return text;
}

async function readLine(input: Input): Promise<string> {
  process.stderr.write("Paste the token and press Enter: ");
  const lines = createInterface({ input });
  for await (const line of lines) {
    lines.close();
    return line;
  }
  return "";
}

/** Reads no further than the limit: a token that long is refused for its length, whatever follows. */
async function readAll(input: Input): Promise<string> {
  input.setEncoding("utf8");
  let text = "";
  for await (const chunk of input) {
    text += chunk;
    if (text.length > limit) break;
  }
  return text;
}
