import formbody from "@fastify/formbody";
import { type FastifyError, type FastifyInstance, type FastifyReply, fastify } from "fastify";
import type { Database } from "./database/index.ts";
import { sendPage } from "./interactions/send-page.ts";
import { assets, errorPage } from "./pages/index.ts";
import { LONGEST_BODY } from "./provider/request-limits.ts";

/** Seconds that browsers keep the stylesheet. */
const ASSET_LIFETIME = 3600;

export interface PagesServerOptions {
  db: Database;
  trustProxy: boolean;
  onServerError: (error: unknown, path: string) => void;
}

/** An address that answers, and how it is asked. */
export interface ServerRoute {
  method: string;
  /** With `:name` where an address has a variable part. */
  path: string;
}

export interface PagesServer {
  server: FastifyInstance;
  /** Every route, also those that are registered later. */
  routes: readonly ServerRoute[];
}

/** Fastify with what all its routes share: forms, assets, health, and pages for what is not there. */
export function createPagesServer({ db, trustProxy, onServerError }: PagesServerOptions): PagesServer {
  // One proxy, so the last address it was given: those in front of it anybody can write.
  const oneProxy = trustProxy && ((_address: string, hop: number) => hop < 1);
  const server = fastify({
    logger: false,
    trustProxy: oneProxy,
    bodyLimit: LONGEST_BODY,
    exposeHeadRoutes: true,
    // An address that cannot be read: the default repeats it.
    frameworkErrors: (error, _request, reply) => {
      const answer = (reply as FastifyReply).code(error.statusCode ?? 400);
      return answer.send({ error: "invalid_request", error_description: "the address could not be read" });
    },
  });
  const routes: ServerRoute[] = [];
  server.addHook("onRoute", ({ method, url }) => {
    for (const each of [method].flat()) routes.push({ method: each, path: url });
  });
  server.register(formbody, { bodyLimit: LONGEST_BODY });

  for (const { path, contentType, body } of assets) {
    server.get(path, (_request, reply) =>
      reply
        .header("content-type", contentType)
        .header("cache-control", `public, max-age=${ASSET_LIFETIME}`)
        .send(body),
    );
  }

  server.get("/healthz", async (_request, reply) => {
    await db.selectFrom("schema_migrations").select("name").limit(1).execute();
    return reply.send({ status: "ok" });
  });

  server.setNotFoundHandler((request, reply) => {
    if (!request.headers.accept?.includes("text/html")) {
      return reply
        .code(404)
        .send({ error: "not_found", error_description: "there is nothing at this address" });
    }
    const html = errorPage({
      title: "There is nothing here",
      message: "This is an identity server: people come here from an application, to sign in.",
      fix: "Go back to the application.",
      code: "not_found",
      status: 404,
    });
    return sendPage(reply, html, { status: 404 });
  });

  server.setErrorHandler((error: FastifyError, request, reply) => {
    const status =
      error.statusCode && error.statusCode >= 400 && error.statusCode < 500 ? error.statusCode : 500;
    if (status === 500) onServerError(error, request.routeOptions.url ?? request.method);
    if (!request.headers.accept?.includes("text/html")) {
      return reply.code(status).send({
        error: status === 500 ? "server_error" : "invalid_request",
        error_description: status === 500 ? "something went wrong here" : "the request could not be read",
      });
    }
    const html = errorPage({
      title: status === 500 ? "Something went wrong here" : "This request could not be read",
      message:
        status === 500
          ? "It is not your fault. Please try again in a moment."
          : "The form did not arrive as a browser sends it.",
      code: status === 500 ? "server_error" : "invalid_request",
      status,
    });
    return sendPage(reply, html, { status });
  });
  return { server, routes };
}
