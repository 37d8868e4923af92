import { findUser, type User } from "../directory/index.ts";
import type { Claims, Face } from "./face.ts";
import { standardFace } from "./standard.ts";

const TOKEN_PATH = "/oauth/token";

/** Names of an authorization request's parameters, and what they are called here. */
const PARAMETERS = { organization: "org_code", invitation: "invitation_code" };

/** What Auth0's SDKs expect: addresses, names of parameters and claims, and an issuer that ends with a slash. */
export const auth0Face: Face = {
  ...standardFace,
  name: "auth0",
  issuerOf: (address) => `${address}/`,
  aliases: {
    "/authorize": "/oauth2/auth",
    [TOKEN_PATH]: "/oauth2/token",
    "/oauth/revoke": "/oauth2/revoke",
    "/userinfo": "/oauth2/userinfo",
    "/v2/logout": "/logout",
    "/oidc/logout": "/logout",
  },
  discovery: (address) => ({
    authorization_endpoint: `${address}/authorize`,
    token_endpoint: `${address}${TOKEN_PATH}`,
    revocation_endpoint: `${address}/oauth/revoke`,
    userinfo_endpoint: `${address}/userinfo`,
    jwks_uri: `${address}/.well-known/jwks.json`,
    end_session_endpoint: `${address}/oidc/logout`,
    response_modes_supported: ["query", "fragment", "form_post", "web_message"],
  }),
  tokenPath: TOKEN_PATH,
  jsonRequests: true,
  webMessages: true,
  readAuthorizationRequest(request) {
    for (const [name, ours] of Object.entries(PARAMETERS)) rename(request, name, ours);
    const hints = request.getAll("screen_hint");
    if (hints.length === 1 && hints[0] === "signup" && !request.has("prompt")) {
      request.set("prompt", "create");
    }
  },
  readSignOutRequest: (request) => rename(request, "returnTo", "post_logout_redirect_uri"),
  accessTokenClaims: (claims, { userId, organization }) => ({
    ...claims,
    ...organizationClaims(organization),
    ...(userId === undefined ? { gty: "client-credentials" } : {}),
  }),
  async idTokenClaims(claims, { db, userId, organization }) {
    const { org_codes, organizations, ...rest } = claims;
    const user = userId === undefined ? undefined : await findUser(db, userId);
    return { ...(user ? withNickname(rest, user) : rest), ...organizationClaims(organization) };
  },
  profile(claims, user) {
    const { id, org_codes, ...rest } = claims;
    return withNickname(rest, user);
  },
};

function rename(request: URLSearchParams, name: string, ours: string): void {
  for (const value of request.getAll(name)) request.append(ours, value);
  request.delete(name);
}

/**
 * Auth0 knows an organization by an id, `org_…`, and by a name in small letters; its SDKs compare the one they asked
 * for with the one or the other. Here both are its code.
 */
function organizationClaims(code: string | undefined): Claims {
  return code === undefined ? {} : { org_id: code, org_name: code.toLowerCase() };
}

/** Auth0's form of the profile: with a nickname, a name in any case, and the time as text. */
function withNickname(claims: Claims, user: User): Claims {
  const { updated_at: updatedAt } = claims;
  if (typeof updatedAt !== "number") return claims;
  return {
    name: user.email,
    ...claims,
    nickname: user.email.split("@", 1)[0],
    updated_at: new Date(updatedAt * 1000).toISOString(),
  };
}
