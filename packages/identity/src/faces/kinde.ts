import { createHash, randomUUID } from "node:crypto";
import { type Property, propertiesOf } from "../access/index.ts";
import type { User } from "../directory/index.ts";
import type { Claims, Face, TokenFacts } from "./face.ts";
import { registerAccountApi } from "./kinde-account-api.ts";
import { standardFace } from "./standard.ts";

/** What Kinde's own SDKs expect, beyond the paths and claims that every face shares with Kinde. */
export const kindeFace: Face = {
  ...standardFace,
  name: "kinde",
  // Its browser SDK takes the final slash off at one endpoint and sends it at the other.
  lenientSlash: true,
  // They have no answer to a question.
  asksBeforeSignOut: false,
  // Its browser SDK counts a sign-in without a refresh token as failed, whatever scopes the application asked for.
  refreshesWithoutOffline: ({ confidential }) => !confidential,
  kindeCookies: true,

  // That of the management API, in both spellings that its clients use.
  ownAudiences: (address) => [...new Set([`${address}/api`, `https://${new URL(address).host}/api`])],

  // An answer without an ID token counts as failed as well.
  readAuthorizationRequest(request) {
    const [scope, ...others] = request.getAll("scope");
    if (scope === undefined || others.length > 0 || scope.split(" ").includes("openid")) return;
    request.set("scope", `openid ${scope}`.trim());
  },

  async accessTokenClaims(claims, facts) {
    if (facts.userId === undefined) return { ...claims, gty: ["client_credentials"], v: "2" };
    return { ...claims, ...(await propertyClaims(facts)) };
  },

  async idTokenClaims(claims, facts) {
    return {
      ...claims,
      aud: [claims.iss, facts.clientId],
      azp: facts.clientId,
      jti: randomUUID(),
      rat: claims.iat,
      auth_time: facts.authTime,
      at_hash: halfHash(facts.accessToken),
      ...(await propertyClaims(facts)),
    };
  },

  // Its clients expect every name to be there.
  profile: (claims) => ({
    name: null,
    given_name: null,
    family_name: null,
    picture: null,
    updated_at: null,
    email: null,
    email_verified: null,
    provided_id: null,
    preferred_username: null,
    ...claims,
  }),

  registerRoutes(server, options) {
    options.tokenRoutes.add(server, {
      path: "/oauth2/user_profile",
      methods: ["GET"],
      scope: "openid",
      handler: async ({ token, user }) => ({ body: firstProfile(user, token.scopes) }),
    });
    registerAccountApi(server, options);
  },
};

/** The profile as Kinde's first version of it has it. */
function firstProfile(user: User, scopes: ReadonlySet<string>): Claims {
  const named = scopes.has("profile");
  return {
    id: user.id,
    preferred_email: scopes.has("email") ? user.email : null,
    username: null,
    provided_id: null,
    first_name: named ? user.givenName : null,
    last_name: named ? user.familyName : null,
    picture: named ? user.picture : null,
  };
}

/** What ties an ID token to its access token (OpenID Connect Core section 3.1.3.6), for RS256. */
function halfHash(token: string): string {
  return createHash("sha256").update(token).digest().subarray(0, 16).toString("base64url");
}

async function propertyClaims({ db, userId, organization }: TokenFacts): Promise<Claims> {
  const properties = await propertiesOf(db, { userId, organizationCode: organization });
  return {
    ...claimOf("user_properties", "user", properties),
    ...claimOf("organization_properties", "organization", properties),
  };
}

function claimOf(name: string, owner: Property["owner"], properties: readonly Property[]): Claims {
  const told = properties.filter((property) => property.inTokens && property.owner === owner);
  if (told.length === 0) return {};
  return { [name]: Object.fromEntries(told.map(({ key, value }) => [key, { v: value }])) };
}
