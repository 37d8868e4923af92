import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { listApplications } from "../access/index.ts";
import type { Database } from "../database/index.ts";
import { organizationsOf, type User } from "../directory/index.ts";
import type { AccessTokenCheck } from "./access-token-check.ts";
import { CLAIMS_BY_SCOPE, profileClaims } from "./account.ts";
import { originsOf } from "./client-registration.ts";

/** Userinfo (OpenID Connect Core section 5.3), at Kinde's address and at the usual one. */
const PATHS = ["/oauth2/v2/user_profile", "/oauth2/userinfo"];

const BEARER = /^Bearer ([\w.~+/=-]+)$/i;

export interface ProfileRoutesOptions {
  issuer: string;
  db: Database;
  checkAccessToken: AccessTokenCheck;
  corsEnabled: () => boolean;
}

/** Answers with the user's profile. The provider's own userinfo refuses tokens that are made for an API. */
export function registerProfileRoutes(server: FastifyInstance, options: ProfileRoutesOptions): void {
  const { issuer, db, checkAccessToken } = options;

  for (const path of PATHS) {
    server.route({ method: ["GET", "POST"], url: path, handler: answer });
    server.options(path, async (request, reply) => {
      if (await allowOrigin(request, reply)) {
        reply.header("access-control-allow-methods", "GET,POST");
        reply.header("access-control-allow-headers", "authorization,content-type");
        reply.header("access-control-max-age", "3600");
      }
      return reply.code(204).send();
    });
  }

  async function answer(request: FastifyRequest, reply: FastifyReply) {
    await allowOrigin(request, reply);
    // Of two headers `request.headers` has the first, and whatever stands in front may have looked at the other.
    const [header, ...others] = request.raw.headersDistinct.authorization ?? [];
    if (header === undefined) return challenge(reply, 401);
    const jwt = BEARER.exec(header)?.[1];
    if (jwt === undefined || others.length > 0) {
      return challenge(
        reply,
        400,
        "invalid_request",
        "send the access token as: Authorization: Bearer <token>, once",
      );
    }
    const token = await checkAccessToken(jwt);
    if (!token) {
      return challenge(
        reply,
        401,
        "invalid_token",
        "the access token is not one of this issuer, expired, or revoked",
      );
    }
    const { user, scopes } = token;
    if (!user) {
      return challenge(
        reply,
        403,
        "insufficient_scope",
        "the access token is an application's own (client_credentials): there is no user whose profile it could read",
      );
    }
    if (!scopes.has("openid")) {
      return challenge(reply, 403, "insufficient_scope", "the access token lacks the scope openid");
    }
    return reply.send(await profileOf(db, user, scopes));
  }

  function challenge(reply: FastifyReply, status: number, error?: string, description?: string) {
    const parts = [`Bearer realm="${issuer}"`];
    if (error) parts.push(`error="${error}"`, `error_description="${description}"`);
    if (error === "insufficient_scope") parts.push('scope="openid"');
    reply.code(status).header("www-authenticate", parts.join(", "));
    return reply.send({
      error: error ?? "invalid_token",
      error_description: description ?? "no access token was sent",
    });
  }

  /** A token is sent by the page itself, never by the browser, so any application's page may read the answer. */
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

async function profileOf(
  db: Database,
  user: User,
  scopes: ReadonlySet<string>,
): Promise<Record<string, unknown>> {
  const organizations = await organizationsOf(db, user.id);
  const allowed = new Set(
    (["profile", "email"] as const).flatMap((scope) =>
      scopes.has(scope) ? [...CLAIMS_BY_SCOPE[scope]] : [],
    ),
  ) as ReadonlySet<string>;
  return {
    sub: user.id,
    id: user.id,
    ...Object.fromEntries(Object.entries(profileClaims(user)).filter(([name]) => allowed.has(name))),
    org_codes: organizations.map(({ code }) => code),
  };
}
