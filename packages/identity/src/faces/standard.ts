import type { Face } from "./face.ts";

/** OpenID Connect as it is written. */
export const standardFace: Face = {
  name: "standard",
  issuerOf: (address) => address,
  aliases: {},
  discovery: () => ({}),
  tokenPath: "/oauth2/token",
  jsonRequests: false,
  webMessages: false,
  readAuthorizationRequest() {},
  readSignOutRequest() {},
  lenientSlash: false,
  asksBeforeSignOut: true,
  refreshesWithoutOffline: () => false,
  kindeCookies: false,
  ownAudiences: () => [],
  accessTokenClaims: (claims) => claims,
  idTokenClaims: (claims) => claims,
  profile: (claims) => claims,
  registerRoutes() {},
};
