import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { IdentityError } from "./identity-error.ts";

/** Milliseconds for a request to arrive in full. */
const REQUEST_TIMEOUT = 30_000;

/** Milliseconds that requests under way have to finish when the server closes. */
const CLOSING_TIME = 2_000;

/** A port that answers 503 until it is told how to answer. */
export interface HttpListener {
  answerWith(listener: RequestListener): void;
  /**
   * @returns the port.
   * @throws IdentityError `port_taken`
   */
  listen(host: string, port: number): Promise<number>;
  close(): Promise<void>;
}

export function createHttpListener(): HttpListener {
  let answer: RequestListener = (_request, response) => {
    response.writeHead(503, { "retry-after": "1" }).end();
  };
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT }, (request, response) =>
    answer(request, response),
  );
  return {
    answerWith(listener) {
      answer = listener;
    },
    listen: (host, port) => listenOn(server, host, port),
    async close() {
      if (!server.listening) return;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const impatience = setTimeout(() => server.closeAllConnections(), CLOSING_TIME);
      await closed;
      clearTimeout(impatience);
    },
  };
}

async function listenOn(server: Server, host: string, port: number): Promise<number> {
  if (server.listening) return (server.address() as AddressInfo).port;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(explained(error, host, port)));
    server.listen({ host, port }, resolve);
  });
  return (server.address() as AddressInfo).port;
}

function explained(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === "EADDRINUSE") {
    return new IdentityError(
      "port_taken",
      `Port ${port} on ${host} is taken by another program, perhaps by another Hallpass. Stop that one, or choose another port.`,
      error,
    );
  }
  if (error.code === "EACCES" || error.code === "EADDRNOTAVAIL") {
    return new IdentityError(
      "port_taken",
      `The server may not listen on port ${port} of ${host} (${error.code}). Choose a port above 1023 and an address of this machine.`,
      error,
    );
  }
  return error;
}
