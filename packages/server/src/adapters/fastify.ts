import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Outcome } from "../outcome.ts";
import {
  answerRoute,
  isSession,
  type ProtectionOptions,
  type RouteRequest,
  type RoutesAuth,
  reported,
  requireSameOrigin as requireSameOriginOf,
  requireSession as requireSessionOf,
  routePaths,
} from "../routes.ts";
import type { Session } from "../session.ts";
import { nodeForm } from "./node-form.ts";
import { onePer } from "./one-per.ts";

export type { ProtectionOptions, RoutesAuth } from "../routes.ts";

// Fastify has eight type parameters here, and a hook has to fit them all.
// biome-ignore lint/suspicious/noExplicitAny: as above
type AnyRequest = FastifyRequest<any, any, any, any, any, any, any>;
// biome-ignore lint/suspicious/noExplicitAny: as above
type AnyReply = FastifyReply<any, any, any, any, any, any, any>;

/** A hook, for `onRequest` or any later one. */
export type AuthHook = (request: AnyRequest, reply: AnyReply) => Promise<unknown>;

/**
 * The routes of signing in and out, below `basePath` and at the path of `redirectUri`: `app.register(authRoutes(auth))`,
 * without a prefix.
 */
export function authRoutes(
  auth: RoutesAuth,
  options: ProtectionOptions = {},
): (app: FastifyInstance) => Promise<void> {
  const paths = routePaths(auth);
  return async (app) => {
    // The one form there is comes from outside: it is read here, whatever parsers the application has.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", (_request, _payload, done) => done(null));
    for (const path of paths.keys()) {
      app.all(path, async (request, reply) => {
        const outcome = await answerRoute(auth, paths, routeRequest(request), nodeForm(request.raw), options);
        return outcome === undefined ? reply.callNotFound() : write(reply, outcome);
      });
    }
  };
}

/**
 * The session of a request. Its cookies go with the reply.
 *
 * @throws {AuthError} `store_unavailable`
 */
export async function sessionOf(
  auth: Pick<RoutesAuth, "session">,
  request: AnyRequest,
  reply: AnyReply,
): Promise<Session> {
  return await auth.session(request.raw, responseOf(reply));
}

/**
 * Lets through whoever is signed in. A document leads to the sign-in and back, anything else is answered with 401 and
 * JSON. It also does what `requireSameOrigin` does.
 */
export function requireSession(auth: RoutesAuth, options: ProtectionOptions = {}): AuthHook {
  return async (request, reply) => {
    const find = () => sessionOf(auth, request, reply);
    const result = await requireSessionOf(auth, routeRequest(request), options, find);
    return isSession(result) ? undefined : write(reply, result);
  };
}

/**
 * Refuses requests that change something, with 403, unless they come from the origin of `redirectUri`, one of the
 * allowed origins, or a program that is no browser and sends the header `X-Hallpass`.
 */
export function requireSameOrigin(auth: RoutesAuth, options: ProtectionOptions = {}): AuthHook {
  return async (request, reply) => {
    const outcome = reported(requireSameOriginOf(auth, routeRequest(request), options), options);
    return outcome === undefined ? undefined : write(reply, outcome);
  };
}

/** Fastify keeps headers apart from Node's, and adds up those of the name Set-Cookie. */
const responseOf = onePer<AnyReply>((reply) => ({
  append: (name, value) => void reply.header(name, value),
  set: (name, value) => void reply.header(name, value),
}));

function routeRequest({ raw, originalUrl }: AnyRequest): RouteRequest {
  return { method: raw.method ?? "GET", url: originalUrl, headers: raw.headers };
}

function write(reply: AnyReply, { status, location, cookies, headers, body }: Outcome): AnyReply {
  reply.code(status).headers(headers);
  for (const cookie of cookies) reply.header("set-cookie", cookie);
  if (location !== undefined) reply.header("location", location);
  return reply.send(body);
}
