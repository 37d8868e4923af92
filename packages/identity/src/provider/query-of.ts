import type { IncomingMessage } from "node:http";

/** The query of a request as it was written: repeated parameters stay repeated. */
export function queryOf({ url = "" }: IncomingMessage): URLSearchParams {
  const start = url.indexOf("?");
  return new URLSearchParams(start < 0 ? "" : url.slice(start + 1));
}
