import type { IncomingMessage, ServerResponse } from "node:http";
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
import { nodeForm } from "./node-form.ts";

export type { ProtectionOptions, RoutesAuth } from "../routes.ts";

/** A middleware of Express 4 and 5, and of whatever else is built on Node's HTTP server in the same way. */
export type AuthMiddleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/**
 * The routes of signing in and out, below `basePath` and at the path of `redirectUri`. Other requests go on to the next
 * middleware. Put it at the top of the application, `app.use(authRoutes(auth))`, before body parsers.
 */
export function authRoutes(auth: RoutesAuth, options: ProtectionOptions = {}): AuthMiddleware {
  const paths = routePaths(auth);
  return middleware(async (request, response) => {
    const outcome = await answerRoute(auth, paths, routeRequest(request), nodeForm(request), options);
    return outcome === undefined ? true : write(response, outcome);
  });
}

/**
 * Lets through whoever is signed in; `await auth.session(request, response)` is then their session. A document leads
 * to the sign-in and back, anything else is answered with 401 and JSON. It also does what `requireSameOrigin` does.
 */
export function requireSession(auth: RoutesAuth, options: ProtectionOptions = {}): AuthMiddleware {
  return middleware(async (request, response) => {
    const find = () => auth.session(request, response);
    const result = await requireSessionOf(auth, routeRequest(request), options, find);
    return isSession(result) ? true : write(response, result);
  });
}

/**
 * Refuses requests that change something, with 403, unless they come from the origin of `redirectUri`, one of the
 * allowed origins, or a program that is no browser and sends the header `X-Hallpass`.
 */
export function requireSameOrigin(auth: RoutesAuth, options: ProtectionOptions = {}): AuthMiddleware {
  return middleware(async (request, response) => {
    const outcome = reported(requireSameOriginOf(auth, routeRequest(request), options), options);
    return outcome === undefined ? true : write(response, outcome);
  });
}

/** @param work says whether to go on */
function middleware(
  work: (request: IncomingMessage, response: ServerResponse) => Promise<boolean>,
): AuthMiddleware {
  return (request, response, next) => {
    work(request, response).then((goOn) => {
      if (goOn) next();
    }, next);
  };
}

function routeRequest(request: IncomingMessage): RouteRequest {
  // Express shortens `url` by the path that a router is mounted at.
  const url = (request as { originalUrl?: string }).originalUrl ?? request.url ?? "/";
  return { method: request.method ?? "GET", url, headers: request.headers };
}

function write(response: ServerResponse, { status, location, cookies, headers, body }: Outcome): false {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  for (const cookie of cookies) response.appendHeader("Set-Cookie", cookie);
  if (location !== undefined) response.setHeader("Location", location);
  response.end(body);
  return false;
}
