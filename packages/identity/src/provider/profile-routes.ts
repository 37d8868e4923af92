import type { FastifyInstance } from "fastify";
import type { Database } from "../database/index.ts";
import { organizationsOf, type User } from "../directory/index.ts";
import type { Face } from "../faces/index.ts";
import { CLAIMS_BY_SCOPE, profileClaims } from "./account.ts";
import type { TokenRoutes } from "./token-routes.ts";

/** Userinfo (OpenID Connect Core section 5.3), at Kinde's address and at the usual one. */
const PATHS = ["/oauth2/v2/user_profile", "/oauth2/userinfo"];

/** Answers with the user's profile. The provider's own userinfo refuses tokens that are made for an API. */
export function registerProfileRoutes(
  server: FastifyInstance,
  { db, face, tokenRoutes }: { db: Database; face: Face; tokenRoutes: TokenRoutes },
): void {
  for (const path of PATHS) {
    tokenRoutes.add(server, {
      path,
      methods: ["GET", "POST"],
      scope: "openid",
      handler: async ({ token, user }) => ({
        body: face.profile(await profileOf(db, user, token.scopes), user),
      }),
    });
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
