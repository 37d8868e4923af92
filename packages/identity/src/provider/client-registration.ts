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
 * The registered URI that equals this one, or that differs from it by one final slash: SDKs strip it at one
 * endpoint and send it at the other. The registered spelling is what counts from then on.
 */
export function registeredUri(uris: readonly string[], uri: string): string | undefined {
  if (uris.includes(uri)) return uri;
  if (/[?#]/.test(uri)) return undefined;
  return uris.find((registered) => registered === `${uri}/` || `${registered}/` === uri);
}
