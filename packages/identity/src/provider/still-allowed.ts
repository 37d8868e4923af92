import { errors, type KoaContextWithOIDC, type ResponseType } from "oidc-provider";

/**
 * Refuses a request that its application could not make any more: it was checked when it came, and the configuration
 * may have changed while the pages were open. (The provider does not check it again when it goes on.)
 */
export function checkStillAllowed({ oidc }: KoaContextWithOIDC): void {
  const { client, params } = oidc;
  const { redirect_uri: redirectUri, response_type: responseType } = params ?? {};
  // Without either it is no request that leads back to an application.
  if (!client || typeof redirectUri !== "string" || typeof responseType !== "string") return;
  if (!client.redirectUriAllowed(redirectUri)) throw new errors.InvalidRedirectUri();
  if (!client.responseTypeAllowed(responseType as ResponseType)) {
    throw new errors.UnauthorizedClient("this application may not sign people in any more");
  }
}
