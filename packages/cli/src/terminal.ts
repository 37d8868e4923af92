import { styleText } from "node:util";
import { type ConsolaInstance, createConsola } from "consola";

type Format = Parameters<typeof styleText>[0];

/** Paints a text for one output stream, or returns it as it is where colours are not wanted. */
export type Paint = (format: Format, text: string) => string;

interface OutputStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** Colours go to terminals only; `NO_COLOR` (https://no-color.org) turns them off, `FORCE_COLOR` on. */
export function wantsColor(stream: OutputStream, env: NodeJS.ProcessEnv = process.env): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== "0";
  return stream.isTTY === true && env.TERM !== "dumb";
}

export function painter(color: boolean): Paint {
  return (format, text) => (color ? styleText(format, text, { validateStream: false }) : text);
}

/** Columns that a line on this stream may take: the terminal's width, at most 110. */
export function widthOf(stream: OutputStream): number {
  return Math.min(stream.columns ?? 100, 110);
}

let messages: ConsolaInstance | undefined;

/** Progress, hints and errors. All of them go to stderr: stdout belongs to the command's result. */
export function say(): ConsolaInstance {
  messages ??= createConsola({
    stdout: process.stderr,
    stderr: process.stderr,
    fancy: wantsColor(process.stderr),
    level: 3,
    formatOptions: { date: false },
  });
  return messages;
}

// Control and bidirectional-formatting characters: a claim of an unverified token may contain them, and a
// terminal would obey.
const unprintable = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** Text from outside (a claim, a file) made safe for a terminal: control characters become `\u001b`. */
export function printable(text: string): string {
  return text.replace(
    unprintable,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );
}

// The header of every JWT is a JSON object in base64url, so it begins with "ey".
const tokenLike = /\bey[\w-]{8,}(?:\.[\w-]*){1,4}/g;

/** Puts `<token>` where a text quotes something that looks like a JWT. */
export function withoutTokens(text: string): string {
  return text.replace(tokenLike, "<token>");
}
