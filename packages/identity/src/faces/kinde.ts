import { randomUUID } from "node:crypto";
import type { Face } from "./face.ts";
import { standardFace } from "./standard.ts";

/** What Kinde's own SDKs expect, beyond the paths and claims that every face shares with Kinde. */
export const kindeFace: Face = {
  ...standardFace,
  name: "kinde",
  // Its browser SDK takes the final slash off at one endpoint and sends it at the other.
  lenientSlash: true,
  // Its server SDKs send a secret and no code challenge.
  requiresPkce: ({ confidential }) => !confidential,
  // Its browser SDK counts a sign-in without a refresh token as failed, whatever scopes the application asked for.
  refreshesWithoutOffline: ({ confidential }) => !confidential,
  kindeCookies: true,
  // That of the management API, in both spellings that its clients use.
  ownAudiences: (address) => [...new Set([`${address}/api`, `https://${new URL(address).host}/api`])],
  readAuthorizationRequest(request) {
    const scopes = request.getAll("scope");
    // An answer without an ID token counts as failed as well.
    if (scopes.length === 1 && !scopes[0]?.split(" ").includes("openid")) {
      request.set("scope", `openid ${scopes[0]}`.trim());
    }
  },
  idTokenClaims: (claims, { clientId }) => ({
    ...claims,
    aud: [claims.iss, clientId],
    azp: clientId,
    jti: randomUUID(),
    rat: claims.iat,
  }),
};
