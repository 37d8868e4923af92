import type { AdapterPayload } from "oidc-provider";
import type { Application } from "../access/index.ts";

const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";

/**
 * How the provider knows an application. All are public clients with PKCE: no application has a secret.
 */
export function clientRegistration(application: Application): AdapterPayload | undefined {
  const browser = application.redirectUris.length > 0;
  if (!browser && !application.deviceFlow) return undefined;
  return {
    client_id: application.clientId,
    client_name: application.name,
    application_type: "web",
    redirect_uris: application.redirectUris,
    post_logout_redirect_uris: application.postLogoutRedirectUris,
    grant_types: [
      ...(browser ? ["authorization_code"] : []),
      ...(application.deviceFlow ? [DEVICE_GRANT] : []),
      "refresh_token",
    ],
    response_types: browser ? ["code"] : [],
    token_endpoint_auth_method: "none",
  };
}

/** The origins from which an application's pages may call: those of its redirect URIs. */
export function originsOf(application: Pick<Application, "redirectUris">): string[] {
  return [...new Set(application.redirectUris.flatMap((uri) => URL.parse(uri)?.origin ?? []))];
}

/** Where someone who cannot go on is sent: the application's own start page, else the origin it is called back at. */
export function homeOf(application: Application): string | undefined {
  return application.homeUri ?? originsOf(application)[0];
}

/**
 * The registered URI that equals this one, or that differs from it by one final slash: SDKs strip it at one
 * endpoint and send it at the other. The registered spelling is what counts from then on.
 */
export function registeredUri(uris: readonly string[], uri: string): string | undefined {
  if (uris.includes(uri)) return uri;
  if (/[?#]/.test(uri)) return undefined;
  return uris.find((registered) => registered === `${uri}/` || `${registered}/` === uri);
}
