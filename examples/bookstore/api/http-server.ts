import { createServer, type RequestListener, type Server } from "node:http";
import type { Socket } from "node:net";

/** Large enough that the guard, and not Node's parser, gets to say that a token is too large. */
const maxHeaderSize = 128 * 1024;

/** An HTTP server that refuses in JSON even what is not a request it can pass on. */
export function createHttpServer(app: RequestListener): Server {
  const server = createServer({ maxHeaderSize }, app);
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === "ECONNRESET" || !socket.writable) {
      socket.destroy();
      return;
    }
    socket.end(error.code === "HPE_HEADER_OVERFLOW" ? headersTooLarge : notHttp);
  });
  return server;
}

const headersTooLarge = answer("431 Request Header Fields Too Large", {
  error: "invalid_request",
  error_description: `The headers are over ${maxHeaderSize / 1024} kB. An access token needs a few: send that alone.`,
  code: "headers_too_large",
});

const notHttp = answer("400 Bad Request", {
  error: "invalid_request",
  error_description: "This is not a valid HTTP request.",
  code: "request_malformed",
});

function answer(status: string, body: object): string {
  const json = JSON.stringify(body);
  return [
    `HTTP/1.1 ${status}`,
    "content-type: application/json; charset=utf-8",
    `content-length: ${Buffer.byteLength(json)}`,
    "x-content-type-options: nosniff",
    "connection: close",
    "",
    json,
  ].join("\r\n");
}
