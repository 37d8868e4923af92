import { findApplication } from "../access/index.ts";
import type { Database } from "../database/index.ts";
import type { AccessTokenCheck } from "./access-token-check.ts";
import { only } from "./authorization-request.ts";

/** Whether a token has the form of a JWT: those the provider does not know, because it does not keep them. */
export function looksLikeJwt(token: string | undefined): token is string {
  return token?.split(".").length === 3;
}

/**
 * Introspection (RFC 7662) of an access token. An application learns about its own tokens only; all others are
 * simply not active.
 */
export async function introspectAccessToken(
  db: Database,
  checkAccessToken: AccessTokenCheck,
  form: URLSearchParams,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const clientId = only(form, "client_id");
  const application = clientId === undefined ? undefined : await findApplication(db, clientId);
  if (!application) {
    return {
      status: 401,
      body: { error: "invalid_client", error_description: "name the application by client_id" },
    };
  }
  const token = await checkAccessToken(only(form, "token") ?? "");
  if (!token || token.clientId !== application.clientId) return { status: 200, body: { active: false } };
  return { status: 200, body: { active: true, token_type: "Bearer", ...token.claims } };
}
