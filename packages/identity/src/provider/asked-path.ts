import type { IncomingMessage } from "node:http";

const paths = new WeakMap<IncomingMessage, string>();

/** Notes the path that a request named, when it is another name of one of this server's own. */
export function noteAskedPath(request: IncomingMessage, path: string | undefined): void {
  if (path !== undefined) paths.set(request, path);
}

/**
 * The other name by which a request came to one of this server's addresses; `undefined` if it came by the address's
 * own. What its sender signs names that one (RFC 9449 section 4.2).
 */
export function askedPath(request: IncomingMessage): string | undefined {
  return paths.get(request);
}
