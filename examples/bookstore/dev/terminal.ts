import { styleText } from "node:util";

type Format = Parameters<typeof styleText>[0];

/** Colours a text where there is a terminal that shows colours. */
export function painted(format: Format, text: string): string {
  return styleText(format, text, { stream: process.stderr });
}

/** Tells how far things have got. */
export function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}
