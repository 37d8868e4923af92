import type { IncomingMessage, ServerResponse } from "node:http";
import type { JwtClaims, VerifiedToken } from "@hallpass/tokens";
import type { Request } from "express";
import { answerTo } from "../challenge.ts";
import { decide } from "../decision.ts";
import { checkCalled, createGuardCore, type GuardOptions } from "../guard-options.ts";
import type { Refusal } from "../refusal.ts";
import type { AuthBehind, GuardRequirements, OnlyRequirements } from "../requirements.ts";
import { fromNodeRequest } from "./node-request.ts";
import { createPassedRequests } from "./passed-requests.ts";

export type { GuardOptions } from "../guard-options.ts";
export type { GuardRequirements, Requirements } from "../requirements.ts";

declare const guardedBy: unique symbol;

/**
 * Carries the type of `req.auth` from a guard to the handlers after it on the same route, through the one type
 * parameter (`res.locals`) that Express infers over all of them. There is nothing of it at run time.
 */
export interface GuardedLocals<Auth> {
  // A method, so that a handler written for any token may stand behind a guard that promises more.
  readonly [guardedBy]?: { accepts(auth: Auth): void };
  // biome-ignore lint/suspicious/noExplicitAny: what Express itself says of res.locals
  [name: string]: any;
}

/** The type of `req.auth` where `res.locals` is `Locals`: exact behind a guard, optional where no type can know. */
export type AuthIn<Locals> = typeof guardedBy extends keyof Locals
  ? // biome-ignore lint/suspicious/noExplicitAny: tokens of any claims
    Locals extends GuardedLocals<infer Auth extends VerifiedToken<any> | undefined>
    ? Auth
    : VerifiedToken | undefined
  : VerifiedToken | undefined;

declare module "express-serve-static-core" {
  // biome-ignore-start lint/correctness/noUnusedVariables: merging demands the same type parameters
  // biome-ignore lint/suspicious/noExplicitAny: and the same constraint
  interface Request<P, ResBody, ReqBody, ReqQuery, LocalsObj extends Record<string, any>> {
    /** The caller's token: checked, frozen, and without its text. Set by a guard of `@hallpass/api/express`. */
    auth: AuthIn<LocalsObj>;
  }
  // biome-ignore-end lint/correctness/noUnusedVariables: as above
}

/** The request of a handler that is written apart from its route and stands behind a guard. */
export type GuardedRequest<
  Auth = VerifiedToken,
  Params = Record<string, string>,
  Body = unknown,
  // biome-ignore lint/suspicious/noExplicitAny: Express's own defaults
> = Request<Params, any, Body, any, GuardedLocals<Auth>>;

/** A middleware that lets through requests whose token meets its requirements, and answers the others. */
export interface GuardMiddleware<Auth> {
  (
    request: IncomingMessage,
    response: ServerResponse & { locals: GuardedLocals<Auth> },
    next: (error?: unknown) => void,
  ): void;
  /**
   * The token with which this guard let the request pass, also where the type of `req.auth` cannot know of it, such as
   * behind `router.use`.
   *
   * @throws {Error} when this guard did not let the request pass
   */
  auth(request: IncomingMessage): Auth;
}

/** Makes guards that share one verifier. */
export interface Guard<Claims extends object = JwtClaims> {
  /** @throws {TypeError} at once, for requirements that cannot be meant */
  <const R extends GuardRequirements<Claims> = Record<never, never>>(
    requirements?: R & GuardRequirements<Claims> & OnlyRequirements<R>,
  ): GuardMiddleware<AuthBehind<Claims, R>>;
  /** The same with `optional: true`: a request without a token passes, and `req.auth` is undefined. */
  optional<const R extends GuardRequirements<Claims> = Record<never, never>>(
    requirements?: R & GuardRequirements<Claims> & OnlyRequirements<R>,
  ): GuardMiddleware<AuthBehind<Claims, R & { optional: true }>>;
}

/**
 * Protects the routes of an Express 4 or 5 application. Make one guard when the application starts and keep it: it
 * holds the issuer's keys.
 *
 * @throws {TypeError | VerifierOptionError} which names the option that is wrong
 */
export function createGuard<Claims extends object = JwtClaims>(options: GuardOptions<Claims>): Guard<Claims> {
  const core = createGuardCore(options);

  function middleware(
    requirements: GuardRequirements<Claims>,
  ): GuardMiddleware<VerifiedToken<Claims> | undefined> {
    const policy = core.policy(requirements);
    const passed = createPassedRequests<VerifiedToken<Claims> | undefined>();

    const handle = async (
      request: IncomingMessage,
      response: ServerResponse,
      next: (error?: unknown) => void,
    ) => {
      try {
        // Express shortens `url` by the path that a router is mounted at.
        const url = (request as { originalUrl?: string }).originalUrl ?? request.url ?? "/";
        const decision = await decide(fromNodeRequest(request, url), policy);
        if (decision.outcome === "refused") return refuse(response, decision.refusal, core.realm);
        if (decision.outcome === "preflight") return answerPreflight(response);
        const auth = decision.outcome === "allowed" ? decision.auth : undefined;
        passed.add(request, auth);
        (request as { auth?: unknown }).auth = auth;
      } catch (error) {
        return next(error);
      }
      next();
    };
    return Object.assign(
      (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => {
        void handle(request, response, next);
      },
      { auth: (request: IncomingMessage) => passed.get(request) },
    );
  }

  const guard = (...args: [GuardRequirements<Claims>?]) => {
    checkCalled(args.length);
    return middleware(args[0] ?? {});
  };
  const optional = (...args: [GuardRequirements<Claims>?]) => {
    checkCalled(args.length);
    return middleware({ ...args[0], optional: true });
  };
  return Object.assign(guard, { optional }) as Guard<Claims>;
}

function refuse(response: ServerResponse, refusal: Refusal, realm: string): void {
  const exposed = response.getHeader("access-control-expose-headers");
  const answer = answerTo(refusal, realm, exposed === undefined ? undefined : String(exposed));
  response.statusCode = answer.status;
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
  response.end(answer.body);
}

/**
 * Ends the preflight with whatever CORS headers are there already. Passing it on would let anybody reach handlers that
 * answer every method, with OPTIONS and without a token.
 */
function answerPreflight(response: ServerResponse): void {
  response.statusCode = 204;
  response.end();
}
