import type { Application } from "../access/index.ts";
import type { ClientRefusal } from "./client-authentication.ts";

const USER_GRANTS = ["authorization_code", "refresh_token"];
const OWN_NAME = "client_credentials";

/** What an application may exchange for tokens: whatever does not stand here is refused at the token endpoint. */
export function grantTypesOf({ type, authentication, apis }: Application): string[] {
  const ownName = authentication !== "none" && (type === "machine" || apis.length > 0);
  return [...(type === "machine" ? [] : USER_GRANTS), ...(ownName ? [OWN_NAME] : [])];
}

/**
 * The refusal of a grant that this server knows and the application may not use (RFC 6749 section 5.2). What the
 * server does not know is left to the provider, which knows what it supports.
 */
export function grantRefusal(
  application: Application,
  grantType: string | undefined,
): ClientRefusal | undefined {
  if (grantType === undefined || ![...USER_GRANTS, OWN_NAME].includes(grantType)) return undefined;
  if (grantTypesOf(application).includes(grantType)) return undefined;
  return { status: 400, error: "unauthorized_client", description: reason(application, grantType) };
}

function reason({ authentication }: Application, grantType: string): string {
  if (grantType !== OWN_NAME) return `nobody signs in to a machine: it has no ${grantType}`;
  return authentication === "none"
    ? "a public client gets no token in its own name: it cannot show who it is"
    : "no API is granted to this application in its own name";
}
