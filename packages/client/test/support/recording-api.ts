import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** An API that answers what a test asks for, and notes who called with what. */
export interface RecordingApi {
  readonly url: string;
  readonly calls: { path: string; method: string; authorization: string | undefined; body: string }[];
  /** How many requests with a token are still refused. */
  refusals: number;
  /** The challenge of a refusal; undefined for one that the page may not read. */
  challenge: string | undefined;
  close(): Promise<void>;
}

export async function startApi(): Promise<RecordingApi> {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("access-control-allow-headers", "authorization, content-type");
    response.setHeader("access-control-allow-methods", "*");
    if (request.method === "OPTIONS") return void response.end();
    const path = request.url ?? "/";
    const { authorization } = request.headers;
    api.calls.push({ path, method: request.method ?? "", authorization, body });
    if (path === "/moved") return void response.writeHead(307, { location: "/books" }).end();
    if (authorization && api.refusals > 0) {
      api.refusals -= 1;
      if (api.challenge) {
        response.setHeader("access-control-expose-headers", "www-authenticate");
        response.setHeader("www-authenticate", api.challenge);
      }
      return void response.writeHead(401).end();
    }
    response
      .setHeader("content-type", "application/json")
      .end(JSON.stringify({ data: { books: [{ id: 1, title: "Middlemarch" }] } }));
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const api: RecordingApi = {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    calls: [],
    refusals: 0,
    challenge: undefined,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return api;
}
