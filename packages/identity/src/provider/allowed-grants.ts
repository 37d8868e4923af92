import type { Application } from "../access/index.ts";
import type { ClientRefusal } from "./client-authentication.ts";

const USER_GRANTS = ["authorization_code", "refresh_token"];
const OWN_NAME = "client_credentials";
const DEVICE = "urn:ietf:params:oauth:grant-type:device_code";

/** What an application may exchange for tokens: whatever does not stand here is refused at the token endpoint. */
export function grantTypesOf({
  type,
  authentication,
  apis,
  redirectUris,
  deviceFlow,
}: Application): string[] {
  const ownName = authentication !== "none" && (type === "machine" || apis.length > 0);
  const browser = redirectUris.length > 0;
  return [
    ...(browser ? ["authorization_code"] : []),
    ...(deviceFlow ? [DEVICE] : []),
    ...(browser || deviceFlow ? ["refresh_token"] : []),
    ...(ownName ? [OWN_NAME] : []),
  ];
}

/**
 * The refusal of a grant that this server knows and the application may not use (RFC 6749 section 5.2). What the
 * server does not know is left to the provider, which knows what it supports.
 */
export function grantRefusal(
  application: Application,
  grantType: string | undefined,
): ClientRefusal | undefined {
  if (grantType === undefined || ![...USER_GRANTS, DEVICE, OWN_NAME].includes(grantType)) return undefined;
  if (grantTypesOf(application).includes(grantType)) return undefined;
  return { status: 400, error: "unauthorized_client", description: reason(application, grantType) };
}

function reason({ type, authentication }: Application, grantType: string): string {
  if (grantType === OWN_NAME) {
    return authentication === "none"
      ? "a public client gets no token in its own name: it cannot show who it is"
      : "no API is granted to this application in its own name";
  }
  if (type === "machine") return `nobody signs in to a machine: it has no ${grantType}`;
  return grantType === DEVICE
    ? "devices do not sign in to this application: its deviceFlow is not set"
    : "only devices sign in to this application: it has no redirect URI";
}
