import type { AdapterPayload } from "oidc-provider";
import type { Application } from "../access/index.ts";
import { grantTypesOf } from "./allowed-grants.ts";

/** Set for applications whose sign-ins need no PKCE challenge. */
export const PKCE_METADATA = "pkce";

/**
 * How the provider knows an application. A confidential one has shown who it is before the provider sees its
 * request, which then carries `providerSecret` in the place of the application's own credentials.
 *
 * @param providerSecret random, known to this process only.
 */
export function clientRegistration(application: Application, providerSecret: string): AdapterPayload {
  const { clientId, type, redirectUris, authentication } = application;
  const signsIn = type !== "machine";
  const confidential = authentication !== "none";
  return {
    client_id: clientId,
    client_name: application.name,
    application_type: type === "native" ? "native" : "web",
    redirect_uris: redirectUris,
    post_logout_redirect_uris: application.postLogoutRedirectUris,
    grant_types: grantTypesOf(application),
    response_types: signsIn ? ["code"] : [],
    [PKCE_METADATA]: application.pkce,
    ...(confidential
      ? { token_endpoint_auth_method: "client_secret_post", client_secret: providerSecret }
      : { token_endpoint_auth_method: "none" }),
  };
}

/**
 * The origins from which an application's pages may call: those of its redirect URIs. A native application has no
 * pages, and a scheme of its own has no origin: it would count as `null`, which is what every sandboxed frame sends.
 */
export function originsOf({ redirectUris }: Pick<Application, "redirectUris">): string[] {
  const origins = redirectUris.flatMap((uri) => URL.parse(uri)?.origin ?? []);
  return [...new Set(origins)].filter((origin) => origin !== "null");
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
