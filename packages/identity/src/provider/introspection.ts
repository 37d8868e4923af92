import type { AccessTokenCheck } from "./access-token-check.ts";
import { only } from "./authorization-request.ts";
import type { AuthenticatedClient } from "./client-authentication.ts";

/** Whether a token has the form of a JWT: those the provider does not know, because it does not keep them. */
export function looksLikeJwt(token: string | undefined): token is string {
  return token?.split(".").length === 3;
}

/**
 * Introspection (RFC 7662) of an access token. An application learns about its own tokens only; all others are
 * simply not active.
 */
export async function introspectAccessToken(
  checkAccessToken: AccessTokenCheck,
  { application, form }: AuthenticatedClient,
): Promise<Record<string, unknown>> {
  const token = await checkAccessToken(only(form, "token") ?? "");
  if (!token || token.clientId !== application.clientId) return { active: false };
  return { active: true, token_type: "Bearer", ...token.claims };
}
