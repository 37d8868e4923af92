import type { Context, MiddlewareHandler } from "hono";
import type { StatusCode } from "hono/utils/http-status";
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
import { onePer } from "./one-per.ts";
import { webForm } from "./web-form.ts";

export type { ProtectionOptions, RoutesAuth } from "../routes.ts";

/**
 * The routes of signing in and out, below `basePath` and at the path of `redirectUri`. Other requests go on:
 * `app.use(authRoutes(auth))`.
 */
export function authRoutes(auth: RoutesAuth, options: ProtectionOptions = {}): MiddlewareHandler {
  const paths = routePaths(auth);
  return async (context, next) => {
    const { raw } = context.req;
    const outcome = await answerRoute(auth, paths, routeRequest(context), webForm(raw), options);
    return outcome === undefined ? await next() : answerOf(context, outcome);
  };
}

/**
 * The session of a request. Its cookies go with the response.
 *
 * @throws {AuthError} `store_unavailable`
 */
export async function sessionOf(auth: Pick<RoutesAuth, "session">, context: Context): Promise<Session> {
  return await auth.session(context.req.raw, responseOf(context));
}

/**
 * Lets through whoever is signed in. A document leads to the sign-in and back, anything else is answered with 401 and
 * JSON. It also does what `requireSameOrigin` does.
 */
export function requireSession(auth: RoutesAuth, options: ProtectionOptions = {}): MiddlewareHandler {
  return async (context, next) => {
    const find = () => sessionOf(auth, context);
    const result = await requireSessionOf(auth, routeRequest(context), options, find);
    return isSession(result) ? await next() : answerOf(context, result);
  };
}

/**
 * Refuses requests that change something, with 403, unless they come from the origin of `redirectUri`, one of the
 * allowed origins, or a program that is no browser and sends the header `X-Hallpass`.
 */
export function requireSameOrigin(auth: RoutesAuth, options: ProtectionOptions = {}): MiddlewareHandler {
  return async (context, next) => {
    const outcome = reported(requireSameOriginOf(auth, routeRequest(context), options), options);
    return outcome === undefined ? await next() : answerOf(context, outcome);
  };
}

const responseOf = onePer<Context>((context) => ({
  append: (name, value) => writeHeader(context, name, value, true),
  set: (name, value) => writeHeader(context, name, value, false),
}));

function writeHeader(context: Context, name: string, value: string, append: boolean): void {
  // Once it has been asked for, Hono takes the headers over to a handler's own `Response` as well.
  void context.res;
  context.header(name, value, { append });
}

function routeRequest({ req }: Context): RouteRequest {
  return { method: req.raw.method, url: req.raw.url, headers: req.raw.headers };
}

function answerOf(context: Context, { status, location, cookies, headers, body }: Outcome): Response {
  // Through the context, which else drops these cookies for those that are there already.
  for (const cookie of cookies) context.header("set-cookie", cookie, { append: true });
  for (const [name, value] of Object.entries(headers)) context.header(name, value);
  if (location !== undefined) context.header("location", location);
  context.status(status as StatusCode);
  return context.body(body ?? "");
}
