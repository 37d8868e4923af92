import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createVerifier, type TokenError, type VerifierOptions } from "@hallpass/tokens";
import { listen } from "./faulty-proxy.ts";

export type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

export interface SmallApi {
  readonly url: URL;
  close(): Promise<void>;
}

/** An API of one endpoint. */
export async function smallApi(handler: Handler): Promise<SmallApi> {
  const server = createServer((request, response) => void handler(request, response));
  await listen(server);
  return {
    url: new URL(`http://localhost:${(server.address() as AddressInfo).port}/books`),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An API that does all of it right for the pages of one origin. */
export function protectedBooks(options: VerifierOptions, appOrigin: string): Handler {
  const verifier = createVerifier(options);
  return async (request, response) => {
    response.setHeader("access-control-allow-origin", appOrigin);
    response.setHeader("access-control-expose-headers", "WWW-Authenticate, Retry-After");
    if (request.method === "OPTIONS") {
      response.writeHead(204, { "access-control-allow-headers": "Authorization" }).end();
      return;
    }
    try {
      await verifier.verify(request.headers.authorization?.replace(/^Bearer /, "") ?? "");
      json(response, 200, { books: [] });
    } catch (error) {
      const { code, message } = error as TokenError;
      const status = code === "keys_unavailable" ? 503 : 401;
      if (status === 401) response.setHeader("www-authenticate", 'Bearer error="invalid_token"');
      json(response, status, { error: "invalid_token", error_description: message, code });
    }
  };
}

export function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
