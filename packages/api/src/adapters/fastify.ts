import type { JwtClaims, VerifiedToken } from "@hallpass/tokens";
import type { FastifyReply, FastifyRequest } from "fastify";
import { answerTo } from "../challenge.ts";
import { decide } from "../decision.ts";
import { checkCalled, createGuardCore, type GuardOptions } from "../guard-options.ts";
import type { Refusal } from "../refusal.ts";
import type { AuthBehind, GuardRequirements, OnlyRequirements } from "../requirements.ts";
import { fromNodeRequest } from "./node-request.ts";
import { createPassedRequests } from "./passed-requests.ts";

export type { GuardOptions } from "../guard-options.ts";
export type { GuardRequirements, Requirements } from "../requirements.ts";

declare module "fastify" {
  interface FastifyRequest {
    /**
     * The caller's token: checked, frozen, and without its text. Set by a guard of `@hallpass/api/fastify`; undefined on
     * routes without one and for anonymous callers. A guard's own `auth(request)` is typed exactly.
     */
    auth: VerifiedToken;
  }
}

// Fastify has eight type parameters here, and a hook has to fit them all.
// biome-ignore lint/suspicious/noExplicitAny: as above
type AnyRequest = FastifyRequest<any, any, any, any, any, any, any>;
// biome-ignore lint/suspicious/noExplicitAny: as above
type AnyReply = FastifyReply<any, any, any, any, any, any, any>;

/** A hook, for `onRequest` or any later one, that lets through requests whose token meets its requirements. */
export interface GuardHook<Auth> {
  (request: AnyRequest, reply: AnyReply): Promise<unknown>;
  /**
   * The token with which this guard let the request pass, with everything its requirements promise.
   *
   * @throws {Error} when this guard did not let the request pass
   */
  auth(request: AnyRequest): Auth;
}

/** Makes guards that share one verifier. */
export interface Guard<Claims extends object = JwtClaims> {
  /** @throws {TypeError} at once, for requirements that cannot be meant */
  <const R extends GuardRequirements<Claims> = Record<never, never>>(
    requirements?: R & GuardRequirements<Claims> & OnlyRequirements<R>,
  ): GuardHook<AuthBehind<Claims, R>>;
  /** The same with `optional: true`: a request without a token passes, and `request.auth` is undefined. */
  optional<const R extends GuardRequirements<Claims> = Record<never, never>>(
    requirements?: R & GuardRequirements<Claims> & OnlyRequirements<R>,
  ): GuardHook<AuthBehind<Claims, R & { optional: true }>>;
}

/**
 * Protects the routes of a Fastify 5 application. Make one guard when the application starts and keep it: it holds the
 * issuer's keys.
 *
 * @throws {TypeError | VerifierOptionError} which names the option that is wrong
 */
export function createGuard<Claims extends object = JwtClaims>(options: GuardOptions<Claims>): Guard<Claims> {
  const core = createGuardCore(options);

  function hook(requirements: GuardRequirements<Claims>): GuardHook<VerifiedToken<Claims> | undefined> {
    const policy = core.policy(requirements);
    const passed = createPassedRequests<VerifiedToken<Claims> | undefined>();

    const handle = async (request: AnyRequest, reply: AnyReply): Promise<unknown> => {
      const decision = await decide(fromNodeRequest(request.raw, request.originalUrl), policy);
      if (decision.outcome === "refused") return refuse(reply, decision.refusal, core.realm);
      // Ended with whatever CORS headers are there already: passed on, it would reach handlers of OPTIONS unchecked.
      if (decision.outcome === "preflight") return reply.code(204).send();
      const auth = decision.outcome === "allowed" ? decision.auth : undefined;
      passed.add(request, auth);
      (request as { auth?: unknown }).auth = auth;
      return undefined;
    };
    return Object.assign(handle, { auth: (request: AnyRequest) => passed.get(request) });
  }

  const guard = (...args: [GuardRequirements<Claims>?]) => {
    checkCalled(args.length);
    return hook(args[0] ?? {});
  };
  const optional = (...args: [GuardRequirements<Claims>?]) => {
    checkCalled(args.length);
    return hook({ ...args[0], optional: true });
  };
  return Object.assign(guard, { optional }) as Guard<Claims>;
}

function refuse(reply: AnyReply, refusal: Refusal, realm: string): AnyReply {
  const exposed = reply.getHeader("access-control-expose-headers");
  const answer = answerTo(refusal, realm, exposed === undefined ? undefined : String(exposed));
  // Text, so that no response schema of the route drops members of it.
  return reply.code(answer.status).headers(answer.headers).send(answer.body);
}
