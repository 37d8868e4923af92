import type { SignOutOptions } from "./auth-client.ts";
import { familyOf, type IssuerMetadata } from "./issuer.ts";

/** What the issuer's sign-out needs to know. */
export interface SignOutRequest {
  clientId: string;
  idToken: string | undefined;
  postLogoutRedirectUri?: string | undefined;
  /** Kinde: end the person's sessions in all browsers. */
  allSessions: boolean | undefined;
  /** Nothing in here may replace what is above. */
  parameters?: SignOutOptions["parameters"];
}

/**
 * The address that ends the session at the issuer: RP-Initiated Logout 1.0 where the issuer offers it, otherwise
 * what Auth0 and Kinde have instead.
 *
 * @returns undefined if there is nowhere to go
 */
export function signOutUrl(metadata: IssuerMetadata, request: SignOutRequest): string | undefined {
  const { clientId, idToken, postLogoutRedirectUri, allSessions } = request;
  const family = familyOf(metadata);
  const own = { kinde: "/logout", auth0: "/v2/logout", oauth: undefined }[family];
  const address = metadata.end_session_endpoint ?? (own && metadata.issuer.replace(/\/?$/, own));
  if (!address) return postLogoutRedirectUri;
  const url = new URL(address);
  const parameters = {
    ...request.parameters,
    id_token_hint: idToken,
    client_id: clientId,
    post_logout_redirect_uri: postLogoutRedirectUri,
    // What Kinde and Auth0 call it; others ignore what they do not know.
    [family === "kinde" ? "redirect" : "returnTo"]: family !== "oauth" && postLogoutRedirectUri,
    all_sessions: allSessions,
  };
  for (const [name, value] of Object.entries(parameters)) {
    if (value) url.searchParams.set(name, `${value}`);
  }
  return url.href;
}

/**
 * Tells the issuer that the refresh token is of no more use (RFC 7009). Nothing waits for the answer: a
 * form of this kind needs no leave to cross origins, and the page may go while it is on its way.
 */
export function revoke({ revocation_endpoint: url }: IssuerMetadata, clientId: string, token: string): void {
  if (!url) return;
  fetch(url, {
    method: "POST",
    mode: "no-cors",
    credentials: "omit",
    keepalive: true,
    body: new URLSearchParams({ token, token_type_hint: "refresh_token", client_id: clientId }),
  }).catch(() => {});
}
