import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import type { ProtectionOptions, ServerAuth, Session } from "@hallpass/server";
import * as forExpress from "@hallpass/server/express";
import * as forFastify from "@hallpass/server/fastify";
import * as forHono from "@hallpass/server/hono";
import * as forWeb from "@hallpass/server/web";
import express from "express";
// @ts-expect-error: this older version has no types of its own; what is used of it is the same
import untypedExpress4 from "express-4";
import Fastify from "fastify";
import { Hono } from "hono";

/** A running application. Besides the routes of signing in it has `/mine`, `/form`, `/anyone` and `/elsewhere`. */
export interface RunningApp {
  readonly port: number;
  close(): Promise<void>;
}

const express4 = untypedExpress4 as typeof express;

const nameOf = (session: Session) => ({
  name: session.getUserDetails().givenName,
  signedIn: session.isAuthenticated(),
});

type StartApp = (auth: ServerAuth, options?: ProtectionOptions) => Promise<RunningApp>;

/**
 * The same application in each framework: `/mine` is behind `requireSession`, `/form` behind `requireSameOrigin`,
 * `/anyone` asks for the session itself and sets a cookie of its own.
 */
export const frameworks: Readonly<Record<string, StartApp>> = {
  Express: (auth, options) => startExpress(express(), auth, options),

  "Express 4 behind body parsers": (auth, options) => {
    const app = express4();
    app.use(express4.urlencoded({ extended: false, limit: "64kb" }), express4.json());
    return startExpress(app, auth, options);
  },

  Fastify: async (auth, options) => {
    const app = Fastify({ forceCloseConnections: true });
    app.addContentTypeParser(
      "application/x-www-form-urlencoded",
      { parseAs: "string" },
      (_request, _body, done) => done(new Error("the routes read their form themselves")),
    );
    app.register(forFastify.authRoutes(auth, options));
    app.all("/mine", { onRequest: forFastify.requireSession(auth, options) }, async (request, reply) =>
      nameOf(await forFastify.sessionOf(auth, request, reply)),
    );
    app.all("/form", { onRequest: forFastify.requireSameOrigin(auth, options) }, async (_request, reply) =>
      reply.send('"done"'),
    );
    app.get("/anyone", async (request, reply) => {
      reply.header("set-cookie", "own=1");
      return nameOf(await forFastify.sessionOf(auth, request, reply));
    });
    await app.listen({ port: 0, host: "127.0.0.1" });
    return { port: (app.server.address() as AddressInfo).port, close: () => app.close() };
  },

  Hono: async (auth, options) => {
    const app = new Hono();
    app.use(forHono.authRoutes(auth, options));
    app.use("/mine", forHono.requireSession(auth, options));
    app.all("/mine", async (c) => c.json(nameOf(await forHono.sessionOf(auth, c))));
    app.all("/form", forHono.requireSameOrigin(auth, options), (c) => c.json("done"));
    app.get("/anyone", async (c) => {
      c.header("set-cookie", "own=1", { append: true });
      // A response that is not made by the context gets its headers all the same.
      return Response.json(nameOf(await forHono.sessionOf(auth, c)));
    });
    return await listening(fromWeb((request) => app.fetch(request)));
  },

  "web-standard": async (auth, options) => {
    const routes = forWeb.authRoutes(auth, options);
    const mine = forWeb.requireSession(auth, (_request, session) => Response.json(nameOf(session)), options);
    const form = forWeb.requireSameOrigin(auth, () => Response.json("done"), options);
    return await listening(
      fromWeb(async (request) => {
        const answer = await routes.handle(request);
        if (answer !== undefined) return answer;
        const { pathname } = new URL(request.url);
        if (pathname === "/mine") return await mine(request);
        if (pathname === "/form") return await form(request);
        if (pathname !== "/anyone") return await routes.GET(request);
        const response = new Response(null, { headers: { "set-cookie": "own=1" } });
        const session = await auth.session(request, response);
        return new Response(JSON.stringify(nameOf(session)), response);
      }),
    );
  },
};

async function startExpress(
  app: express.Express,
  auth: ServerAuth,
  options?: ProtectionOptions,
): Promise<RunningApp> {
  app.use(forExpress.authRoutes(auth, options));
  const router = express.Router();
  router.use(forExpress.requireSession(auth, options));
  router.all("/", async (req, res) => void res.json(nameOf(await auth.session(req, res))));
  app.use("/mine", router);
  app.all("/form", forExpress.requireSameOrigin(auth, options), (_req, res) => void res.json("done"));
  app.get("/anyone", async (req, res) => {
    res.appendHeader("Set-Cookie", "own=1");
    res.json(nameOf(await auth.session(req, res)));
  });
  return await listening(app);
}

async function listening(listener: RequestListener): Promise<RunningApp> {
  const server: Server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Node's HTTP server in front of a function of web-standard requests. */
function fromWeb(answer: (request: Request) => Response | Promise<Response>): RequestListener {
  return (incoming, outgoing) => {
    serve(answer, incoming, outgoing).catch((error) => outgoing.destroy(error));
  };
}

async function serve(
  answer: (request: Request) => Response | Promise<Response>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { method = "GET" } = incoming;
  const hasBody = method !== "GET" && method !== "HEAD";
  const request = new Request(`http://127.0.0.1${incoming.url}`, {
    method,
    headers: incoming.headers as Record<string, string>,
    ...(hasBody && { body: Readable.toWeb(incoming) as ReadableStream, duplex: "half" }),
  });
  const { status, headers, body } = await toNode(await answer(request));
  outgoing.writeHead(status, headers).end(body);
}

async function toNode(response: Response) {
  const headers: Record<string, string | string[]> = Object.fromEntries(response.headers);
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) headers["set-cookie"] = cookies;
  return { status: response.status, headers, body: Buffer.from(await response.arrayBuffer()) };
}
