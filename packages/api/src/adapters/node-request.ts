import type { IncomingMessage } from "node:http";
import type { GuardedRequest } from "../decision.ts";

/** What a decision needs of a request of Node's HTTP server. */
export function fromNodeRequest(request: IncomingMessage, url: string): GuardedRequest {
  return {
    method: request.method ?? "GET",
    url,
    authorization: authorizationHeaders(request),
    header: (name) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(", ") : value;
    },
  };
}

/** Node's `headers` keeps the first of two `Authorization` headers and drops the other: only `rawHeaders` shows both. */
function authorizationHeaders({ rawHeaders, headers }: IncomingMessage): readonly string[] {
  const values: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (name.length === 13 && name.toLowerCase() === "authorization")
      values.push(rawHeaders[index + 1] as string);
  }
  if (values.length > 1) return values;
  // Requests made by a test kit or a serverless adapter may have no raw headers.
  return headers.authorization === undefined ? [] : [headers.authorization];
}
