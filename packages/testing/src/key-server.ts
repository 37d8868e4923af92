import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A way in which an endpoint fails. */
export type FixedFault =
  /** Answers with this HTTP status and a JSON error. */
  | { status: number }
  /** Waits that many milliseconds, then answers as if nothing was wrong. */
  | { delay: number }
  /** Answers 302 to this URL. */
  | { redirect: string }
  /** Answers 200 with this as its JSON, instead of the real document. */
  | { json: unknown }
  /** Cuts the connection without an answer. */
  | "down"
  /** Accepts the request and never answers. */
  | "hang"
  /** Sends the headers at once, then one byte a second. */
  | "drip"
  /** Answers 200 with a web page. */
  | "html"
  /** Cuts the connection in the middle of the document. */
  | "truncated"
  /** Sends 64 MB of well-formed JSON before the document's end. */
  | "huge";

/** Chooses the fault for each request, by its path. `undefined`: none. */
export type FaultFor = (path: string) => FixedFault | undefined;

export type Fault = FixedFault | FaultFor;

/** Assign a fault to break an endpoint, `undefined` to heal it. */
export interface IssuerFaults {
  jwks?: Fault | undefined;
  discovery?: Fault | undefined;
}

/** How often each endpoint was asked, faults included. Assign 0 to count anew. */
export interface IssuerRequests {
  jwks: number;
  discovery: number;
  /** Anything else that was asked of the issuer. */
  other: number;
}

export interface KeyServer {
  /** Where the server listens, without a final slash. */
  readonly url: string;
  readonly faults: IssuerFaults;
  readonly requests: IssuerRequests;
  close(): Promise<void>;
}

export interface Documents {
  jwks(): object;
  discovery(): object;
}

const endpoints: readonly [suffix: string, endpoint: "jwks" | "discovery"][] = [
  ["/.well-known/openid-configuration", "discovery"],
  ["/.well-known/jwks.json", "jwks"],
  ["/.well-known/jwks", "jwks"],
];

/** Serves both documents on loopback; port 0 takes a free one. */
export async function startKeyServer(documents: Documents, port: number): Promise<KeyServer> {
  const faults: IssuerFaults = {};
  const requests: IssuerRequests = { jwks: 0, discovery: 0, other: 0 };
  const server = createServer((request, response) => {
    response.setHeader("access-control-allow-origin", "*");
    const path = pathOf(request);
    const endpoint = endpoints.find(([suffix]) => path.endsWith(suffix))?.[1];
    requests[endpoint ?? "other"] += 1;
    if (endpoint === undefined) {
      sendJson(response, 404, { error: "not_found", error_description: "the test issuer serves keys only" });
      return;
    }
    const fault = faults[endpoint];
    answer(response, documents[endpoint], typeof fault === "function" ? fault(path) : fault);
  });
  await listen(server, port);
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    faults,
    requests,
    close: () => close(server),
  };
}

function answer(response: ServerResponse, document: () => object, fault: FixedFault | undefined): void {
  if (fault === undefined) sendJson(response, 200, document());
  else if (fault === "down") response.destroy();
  else if (fault === "html") {
    response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><h1>Back soon</h1>");
  } else if (fault === "truncated") {
    const body = JSON.stringify(document());
    response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
    response.write(body.slice(0, body.length / 2), () => response.destroy());
  } else if (fault === "huge") void sendHuge(response, document());
  else if (fault === "drip") drip(response, document());
  else if (typeof fault === "string") {
    // "hang": the connection stays open until the client gives up or the issuer is closed.
  } else if ("status" in fault) sendJson(response, fault.status, { error: `status ${fault.status}` });
  else if ("redirect" in fault) response.writeHead(302, { location: fault.redirect }).end();
  else if ("json" in fault) sendJson(response, 200, fault.json);
  else after(response, fault.delay, () => sendJson(response, 200, document()));
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function sendHuge(response: ServerResponse, document: object): Promise<void> {
  response.writeHead(200, { "content-type": "application/json" });
  const spaces = Buffer.alloc(1 << 20, " ");
  for (let megabyte = 0; megabyte < 64 && !response.destroyed; megabyte += 1) {
    if (!response.write(spaces)) {
      await new Promise<void>((resolve) => {
        response.once("drain", resolve);
        response.once("close", resolve);
      });
    }
  }
  response.end(JSON.stringify(document));
}

function drip(response: ServerResponse, document: object): void {
  const body = JSON.stringify(document);
  response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
  response.flushHeaders();
  let sent = 0;
  const timer = setInterval(() => {
    response.write(body[sent] ?? "");
    sent += 1;
    if (sent === body.length) response.end();
  }, 1000);
  response.once("close", () => clearInterval(timer));
}

function after(response: ServerResponse, milliseconds: number, act: () => void): void {
  const timer = setTimeout(act, milliseconds);
  response.once("close", () => clearTimeout(timer));
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? "/").split("?", 1)[0] ?? "/";
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE";
      const hint = `port ${port} is taken: leave out \`port\` to get a free one`;
      reject(taken ? new Error(`createTestIssuer: ${hint}`, { cause: error }) : error);
    });
    server.listen(port, "127.0.0.1", resolve);
  });
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    // The callback's error only says that the server was closed before, which is what was wanted.
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
