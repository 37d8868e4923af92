import { addCookie } from "../auth-request.ts";
import { toResponse } from "../outcome.ts";
import {
  answerRoute,
  isSession,
  type ProtectionOptions,
  type RoutesAuth,
  reported,
  requireSameOrigin as requireSameOriginOf,
  requireSession as requireSessionOf,
  routePaths,
} from "../routes.ts";
import type { Session } from "../session.ts";
import { webForm } from "./web-form.ts";

export type { ProtectionOptions, RoutesAuth } from "../routes.ts";

/** The routes as functions of web-standard requests. */
export interface WebRoutes {
  /** For a route file of Next: `export const { GET, POST } = authRoutes(auth)`. Other paths get 404. */
  GET(request: Request): Promise<Response>;
  POST(request: Request): Promise<Response>;
  /** For a server that has one function for everything. @returns undefined for a request of another path */
  handle(request: Request): Promise<Response | undefined>;
}

/** The routes of signing in and out, below `basePath` and at the path of `redirectUri`. */
export function authRoutes(auth: RoutesAuth, options: ProtectionOptions = {}): WebRoutes {
  const paths = routePaths(auth);
  const handle = async (request: Request): Promise<Response | undefined> => {
    const outcome = await answerRoute(auth, paths, request, webForm(request), options);
    return outcome === undefined ? undefined : toResponse(outcome);
  };
  const always = async (request: Request): Promise<Response> =>
    (await handle(request)) ?? new Response(null, { status: 404 });
  return { GET: always, POST: always, handle };
}

/**
 * Wraps a handler that is for people who are signed in: it gets their session, and its response their cookies. A
 * document leads to the sign-in and back, anything else is answered with 401 and JSON. It also does what
 * `requireSameOrigin` does.
 */
export function requireSession<Rest extends readonly unknown[]>(
  auth: RoutesAuth,
  handler: (request: Request, session: Session, ...rest: Rest) => Response | Promise<Response>,
  options: ProtectionOptions = {},
): (request: Request, ...rest: Rest) => Promise<Response> {
  return async (request, ...rest) => {
    let session: Session | undefined;
    const find = async () => {
      session = await auth.session(request);
      return session;
    };
    const result = await requireSessionOf(auth, request, options, find);
    const response = isSession(result) ? await handler(request, result, ...rest) : toResponse(result);
    return withCookies(response, session?.cookies ?? []);
  };
}

/**
 * Wraps a handler that changes something: requests of other methods than GET, HEAD and OPTIONS are refused with 403,
 * unless they come from the origin of `redirectUri`, one of the allowed origins, or a program that is no browser and
 * sends the header `X-Hallpass`.
 */
export function requireSameOrigin<Rest extends readonly unknown[]>(
  auth: RoutesAuth,
  handler: (request: Request, ...rest: Rest) => Response | Promise<Response>,
  options: ProtectionOptions = {},
): (request: Request, ...rest: Rest) => Promise<Response> {
  return async (request, ...rest) => {
    const outcome = reported(requireSameOriginOf(auth, request, options), options);
    return outcome === undefined ? await handler(request, ...rest) : toResponse(outcome);
  };
}

function withCookies(response: Response, cookies: readonly string[]): Response {
  if (cookies.length === 0) return response;
  // The headers of a response that was fetched or is a redirect cannot be changed.
  const own = new Response(response.body, response);
  for (const cookie of cookies) addCookie(own, cookie);
  return own;
}
