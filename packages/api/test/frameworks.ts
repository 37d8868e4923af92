import { createServer, type Server, type ServerOptions } from "node:http";
import type { AddressInfo } from "node:net";
import { Writable } from "node:stream";
import type { VerifiedToken } from "@hallpass/tokens";
import express5, { type NextFunction, type Request, type Response } from "express";
// @ts-expect-error: Express 4 comes without types; what is used here is the same in both
import untypedExpress4 from "express-4";
import Fastify from "fastify";
import { createGuard as createExpressGuard } from "../src/adapters/express.ts";
import { createGuard as createFastifyGuard } from "../src/adapters/fastify.ts";
import type { GuardOptions, GuardRequirements } from "../src/index.ts";

const express4 = untypedExpress4 as typeof express5;

/** An API to try: each route answers every method with what it knows of the caller. */
export interface ApiOptions {
  readonly guard: GuardOptions;
  readonly routes: Readonly<Record<string, GuardRequirements>>;
  /** Response headers that are set before the guard runs, as a CORS middleware does. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Of Node's HTTP server. */
  readonly server?: ServerOptions;
}

/** A running API. */
export interface Api {
  readonly port: number;
  readonly url: string;
  /** How often a handler was reached. */
  readonly handled: () => number;
  /** Everything that was logged. */
  readonly logs: () => string;
  close(): Promise<void>;
}

export type StartApi = (options: ApiOptions) => Promise<Api>;

/** Every framework that the shared tests run through, by name. */
export const frameworks: Readonly<Record<string, StartApi>> = {
  "express 5": (options) => startExpress(express5, options),
  "express 4": (options) => startExpress(express4, options),
  "fastify 5": startFastify,
};

function describe(auth: VerifiedToken | undefined): object {
  if (auth === undefined) return { anonymous: true };
  return { subject: auth.subject, organization: auth.organization, permissions: auth.permissions };
}

async function startExpress(express: typeof express5, options: ApiOptions): Promise<Api> {
  let handled = 0;
  const logs: string[] = [];
  const app = express();
  app.use((_request, response, next) => {
    for (const [name, value] of Object.entries(options.headers ?? {})) response.setHeader(name, value);
    next();
  });
  const guard = createExpressGuard(options.guard);
  for (const [path, requirements] of Object.entries(options.routes)) {
    app.all(path, guard(requirements), (request, response) => {
      handled += 1;
      response.json(describe(request.auth));
    });
  }
  app.use((error: Error, _request: Request, response: Response, _next: NextFunction) => {
    logs.push(String(error.stack));
    response.status(500).json({ error: "internal" });
  });
  const server = createServer(options.server ?? {}, app);
  await listen(server);
  return running(server, () => handled, logs);
}

async function startFastify(options: ApiOptions): Promise<Api> {
  let handled = 0;
  const logs: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      logs.push(String(chunk));
      done();
    },
  });
  const app = Fastify({ logger: { level: "trace", stream }, http: options.server ?? {} });
  app.addHook("onRequest", async (_request, reply) => {
    reply.headers({ ...options.headers });
  });
  const guard = createFastifyGuard(options.guard);
  for (const [path, requirements] of Object.entries(options.routes)) {
    app.all(path, { onRequest: guard(requirements) }, async (request) => {
      handled += 1;
      return describe(request.auth);
    });
  }
  await app.listen({ port: 0, host: "127.0.0.1" });
  return { ...running(app.server, () => handled, logs), close: () => app.close() };
}

async function listen(server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
}

function running(server: Server, handled: () => number, logs: readonly string[]): Api {
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    handled,
    logs: () => logs.join("\n"),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
