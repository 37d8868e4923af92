import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { findApplication, listApplications } from "../access/index.ts";
import type { Database } from "../database/index.ts";
import type { User } from "../directory/index.ts";
import type { AccessTokenCheck, LiveAccessToken } from "./access-token-check.ts";
import { originsOf } from "./client-registration.ts";
import { queryOf } from "./query-of.ts";
import { parameterProblem } from "./request-limits.ts";

const BEARER = /^Bearer ([\w.~+/=-]+)$/i;

/** What a route answers: JSON, with status 200 if not given. */
export interface RouteAnswer {
  status?: number;
  body: unknown;
}

export interface TokenRoute {
  path: string;
  methods: readonly ("GET" | "POST")[];
  /** Scope that the token must have, if any. */
  scope?: string;
  handler: (bearer: Bearer, request: RouteRequest) => Promise<RouteAnswer>;
}

/** Who asks: a user, through an application. */
export interface Bearer {
  token: LiveAccessToken;
  user: User;
}

export interface RouteRequest {
  query: URLSearchParams;
  params: Record<string, string>;
}

/** Routes for the bearer of one of this issuer's access tokens, which pages of the applications may call (CORS). */
export interface TokenRoutes {
  add(server: FastifyInstance, route: TokenRoute): void;
}

export interface TokenRoutesOptions {
  /** What a refusal names as the realm. */
  issuer: string;
  db: Database;
  checkAccessToken: AccessTokenCheck;
  corsEnabled: () => boolean;
}

export function createTokenRoutes(options: TokenRoutesOptions): TokenRoutes {
  const { issuer, db, checkAccessToken } = options;

  return {
    add(server, { path, methods, scope, handler }) {
      server.options(path, async (request, reply) => {
        if (await allowOrigin(request, reply)) {
          reply.header("access-control-allow-methods", methods.join(","));
          reply.header("access-control-allow-headers", "authorization,content-type,auth0-client,kinde-sdk");
          reply.header("access-control-max-age", "3600");
        }
        return reply.code(204).send();
      });
      server.route({
        method: [...methods],
        url: path,
        async handler(request, reply) {
          await allowOrigin(request, reply);
          const refuse = refusalOf(reply);
          // Of two headers `request.headers` has the first, and whatever stands in front may have looked at the other.
          const [header, ...others] = request.raw.headersDistinct.authorization ?? [];
          if (header === undefined) return refuse(401);
          const jwt = BEARER.exec(header)?.[1];
          if (jwt === undefined || others.length > 0) {
            return refuse(
              400,
              "invalid_request",
              "send the access token as: Authorization: Bearer <token>, once",
            );
          }
          const query = queryOf(request.raw);
          const unclear = parameterProblem(query);
          if (unclear) return refuse(400, "invalid_request", unclear);
          const token = await checkAccessToken(jwt);
          if (!token) {
            return refuse(
              401,
              "invalid_token",
              "the access token is not one of this issuer, expired, or revoked",
            );
          }
          const { user } = token;
          if (!user) {
            return refuse(
              403,
              "insufficient_scope",
              "the access token is an application's own (client_credentials): there is no user whose data it could read",
              scope,
            );
          }
          if (scope !== undefined && !token.scopes.has(scope)) {
            return refuse(403, "insufficient_scope", `the access token lacks the scope ${scope}`, scope);
          }
          await onlyForItsApplication(request, reply, token.clientId);
          const params = request.params as Record<string, string>;
          const { status = 200, body } = await handler({ token, user }, { query, params });
          return reply.code(status).send(body);
        },
      });
    },
  };

  function refusalOf(reply: FastifyReply) {
    return (status: number, error?: string, description?: string, scope?: string) => {
      const parts = [`Bearer realm="${issuer}"`];
      if (error) parts.push(`error="${error}"`, `error_description="${description}"`);
      if (scope) parts.push(`scope="${scope}"`);
      reply.code(status).header("www-authenticate", parts.join(", "));
      return reply.send({
        error: error ?? "invalid_token",
        error_description: description ?? "no access token was sent",
      });
    };
  }

  /** What a token opens is for pages of the application that it was issued to. */
  async function onlyForItsApplication(request: FastifyRequest, reply: FastifyReply, clientId: string) {
    const { origin } = request.headers;
    if (origin === undefined) return;
    const application = await findApplication(db, clientId);
    if (!application || !originsOf(application).includes(origin)) {
      reply.removeHeader("access-control-allow-origin");
    }
  }

  /** A token is sent by the page itself, never by the browser, so any application's page may read why one is refused. */
  async function allowOrigin(request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
    const { origin } = request.headers;
    reply.header("vary", "Origin");
    if (origin === undefined || !options.corsEnabled()) return false;
    const applications = await listApplications(db);
    if (!applications.some((application) => originsOf(application).includes(origin))) return false;
    reply.header("access-control-allow-origin", origin);
    reply.header("access-control-expose-headers", "WWW-Authenticate");
    return true;
  }
}
