import type { JwsHeader } from "./verified-token.ts";

const MOST = 16;
const LONGEST = 512;

/**
 * Headers that were read before, by their text: all tokens of one key tend to have the same, and a flood of junk, too.
 *
 * Also headers of tokens that were refused are in here, and that is safe. Reading is a pure function of the text: what
 * comes out is what would be read again, every check still runs on it, and no verdict is remembered. Nothing of a payload
 * or a signature is kept, and never more than a few short texts; whoever fills them with names that they make up only
 * makes others be read again.
 */
export class KnownHeaders {
  readonly #headers = new Map<string, JwsHeader>();

  get(segment: string): JwsHeader | undefined {
    return this.#headers.get(segment);
  }

  add(segment: string, header: JwsHeader): void {
    if (segment.length > LONGEST) return;
    if (this.#headers.size >= MOST) this.#headers.delete(this.#headers.keys().next().value as string);
    // A copy: an engine may keep the whole token in memory for a piece of its text.
    this.#headers.set(` ${segment}`.slice(1), header);
  }
}
