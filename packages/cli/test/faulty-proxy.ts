import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** An answer on its way through the proxy; `false` cuts the connection instead. */
export interface PassingAnswer {
  path: string;
  method: string;
  status: number;
  headers: Record<string, string>;
  body: string;
}

export interface FaultyProxy {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * A server that passes requests on to another one under its own name, with one thing wrong: what `spoil` does to the
 * answers.
 */
export async function faultyProxy(
  target: string,
  spoil: (answer: PassingAnswer) => PassingAnswer | false = (answer) => answer,
): Promise<FaultyProxy> {
  let url = "";
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const own = (text: string) => text.replaceAll(url, target);
    const theirs = (text: string) => text.replaceAll(target, url);
    const answer = await fetch(target + own(request.url ?? "/"), {
      method: request.method ?? "GET",
      headers: passedOn(request.headers),
      ...(chunks.length === 0 ? {} : { body: own(Buffer.concat(chunks).toString()) }),
      redirect: "manual",
    });
    const headers = Object.fromEntries([...answer.headers].map(([name, value]) => [name, theirs(value)]));
    for (const name of ["content-length", "content-encoding", "transfer-encoding", "connection"])
      delete headers[name];
    const spoilt = spoil({
      path: (request.url ?? "/").split("?", 1)[0] ?? "/",
      method: request.method ?? "GET",
      status: answer.status,
      headers,
      body: theirs(await answer.text()),
    });
    if (spoilt === false) response.destroy();
    else response.writeHead(spoilt.status, spoilt.headers).end(spoilt.body);
  });
  await listen(server);
  url = `http://localhost:${(server.address() as AddressInfo).port}`;
  return {
    url,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Opens a server on a free port of this machine. */
export async function listen(server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
}

function passedOn(headers: IncomingHttpHeaders): Record<string, string> {
  const names = ["accept", "authorization", "content-type", "origin", "cookie"];
  return Object.fromEntries(names.flatMap((name) => (headers[name] ? [[name, String(headers[name])]] : [])));
}
