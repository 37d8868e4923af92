import type { AdapterPayload } from "oidc-provider";
import type { Application } from "../access/index.ts";

/**
 * How the provider knows an application. All are public clients with PKCE: no application has a secret.
 */
export function clientRegistration(application: Application): AdapterPayload | undefined {
  if (application.redirectUris.length === 0) return undefined;
  return {
    client_id: application.clientId,
    client_name: application.name,
    application_type: "web",
    redirect_uris: application.redirectUris,
    post_logout_redirect_uris: application.postLogoutRedirectUris,
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
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
 * The registered URI that equals this one or, with `lenientSlash`, that differs from it by one final slash: SDKs
 * strip it at one endpoint and send it at the other. The registered spelling is what counts from then on, and of
 * two that differ by the slash alone always the first.
 */
export function registeredUri(
  uris: readonly string[],
  uri: string,
  { lenientSlash }: { lenientSlash: boolean },
): string | undefined {
  if (!lenientSlash || /[?#]/.test(uri)) return uris.includes(uri) ? uri : undefined;
  return uris.find((registered) => withoutSlash(registered) === withoutSlash(uri));
}

function withoutSlash(uri: string): string {
  return uri.endsWith("/") ? uri.slice(0, -1) : uri;
}
