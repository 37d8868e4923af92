import { once } from "node:events";
import { createServer } from "node:http";

/** What an application's server was sent. */
export interface Received {
  method: string | undefined;
  path: string | undefined;
  contentType: string | undefined;
  form: URLSearchParams;
}

/** An application's server on this machine. */
export interface Receiver extends AsyncDisposable {
  url: string;
  received: Received[];
  /** The requests, once there are as many. */
  has(count: number): Promise<Received[]>;
  /** Set by the test: the status of the answers, or a promise that holds them back. */
  answer: (received: Received) => number | Promise<number>;
  /** Connections that the other side broke off before they were answered. */
  brokenOff: number;
}

export async function startReceiver(): Promise<Receiver> {
  const waiting = new Set<() => void>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const item = {
      method: request.method,
      path: request.url,
      contentType: request.headers["content-type"],
      form: new URLSearchParams(Buffer.concat(chunks).toString()),
    };
    response.on("close", () => {
      if (!response.writableEnded) receiver.brokenOff += 1;
    });
    receiver.received.push(item);
    for (const check of waiting) check();
    const status = await receiver.answer(item);
    response.writeHead(status, { location: `${receiver.url}/elsewhere` }).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const receiver: Receiver = {
    url: `http://localhost:${port}`,
    received: [],
    brokenOff: 0,
    answer: () => 200,
    has: (count) =>
      new Promise((resolve) => {
        const check = () => {
          if (receiver.received.length < count) return;
          waiting.delete(check);
          resolve(receiver.received);
        };
        waiting.add(check);
        check();
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return receiver;
}
