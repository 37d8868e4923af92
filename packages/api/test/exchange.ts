import { request } from "node:http";
import { connect } from "node:net";

/** An answer as it came over the wire. */
export interface Exchange {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The body's JSON; an empty object where there is none. */
  readonly json: Readonly<Record<string, unknown>>;
  /** All of it, to search. */
  readonly text: string;
}

export interface Sent {
  readonly method?: string;
  readonly path?: string;
  /** The value of the `Authorization` header. */
  readonly authorization?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends a request through Node's client, each on a connection of its own. */
export function send(port: number, sent: Sent = {}): Promise<Exchange> {
  const { method = "GET", path = "/books", authorization, headers = {}, body } = sent;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        ...{ host: "127.0.0.1", port, method, path, agent: false },
        headers: { ...headers, ...(authorization !== undefined && { authorization }) },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk) => chunks.push(chunk));
        incoming.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          const received = incoming.headers as Record<string, string>;
          resolve(exchange(incoming.statusCode ?? 0, received, text));
        });
        incoming.on("error", reject);
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

/** Sends these header lines over a bare socket, as no client would. */
export function sendRaw(port: number, lines: readonly string[]): Promise<Exchange> {
  const head = ["GET /books HTTP/1.1", "Host: 127.0.0.1", "Connection: close", ...lines];
  const bytes = Buffer.from(`${head.join("\r\n")}\r\n\r\n`, "latin1");
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, "127.0.0.1");
    // A server that has read enough answers and hangs up: still to be sending then would lose its answer.
    const first = 24 * 1024;
    socket.write(bytes.subarray(0, first));
    const rest =
      bytes.length > first ? setTimeout(() => socket.write(bytes.subarray(first)), 100) : undefined;
    socket.on("data", (chunk) => {
      chunks.push(chunk);
      clearTimeout(rest);
    });
    socket.on("close", () => resolve(parsed(Buffer.concat(chunks).toString("latin1"))));
    socket.on("error", reject);
  });
}

function parsed(text: string): Exchange {
  const [head = "", ...rest] = text.split("\r\n\r\n");
  const [statusLine = "", ...lines] = head.split("\r\n");
  const headers = lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return exchange(Number(statusLine.split(" ")[1]), Object.fromEntries(headers), rest.join("\r\n\r\n"));
}

function exchange(status: number, headers: Record<string, string>, body: string): Exchange {
  const isJson = (headers["content-type"] ?? "").includes("json") && body.startsWith("{");
  return {
    ...{ status, headers, body },
    json: isJson ? JSON.parse(body) : {},
    text: `${status}\n${JSON.stringify(headers)}\n${body}`,
  };
}
