import { findApplication } from "../access/index.ts";
import type { Database } from "../database/index.ts";
import { invitationHash } from "../directory/index.ts";
import type { Face } from "../faces/index.ts";
import { registeredUri } from "./client-registration.ts";
import { encodeTarget, requestedAudiences } from "./token-target.ts";

/** Parameters beyond OpenID Connect's that the sign-in pages look at. */
export const EXTRA_PARAMETERS = [
  "org_code",
  "org_name",
  "is_create_org",
  "invitation_code",
  "is_invitation",
] as const;

/**
 * Puts an authorization request into the form the provider understands, whichever SDK sent it: audiences however
 * they are written become one resource, `offline_access` is `offline`, `start_page=registration` is
 * `prompt=create`, `select_account` is `login`, and what the face says otherwise.
 *
 * What is repeated stays repeated, so that the provider refuses it.
 */
export async function normaliseAuthorizationRequest(
  db: Database,
  face: Face,
  query: URLSearchParams,
): Promise<URLSearchParams> {
  const request = new URLSearchParams(query);
  face.readAuthorizationRequest(request);
  const audience = requestedAudiences([...request.getAll("audience"), ...request.getAll("resource")]);
  request.delete("audience");
  // A new organization is where its creator goes, whatever else the request names.
  const organization = only(request, "is_create_org") === "true" ? undefined : only(request, "org_code");
  request.set("resource", encodeTarget(organization ? { audience, organization } : { audience }));
  // The request is kept while people sign in, and the code of an invitation is not kept anywhere.
  const invitation = only(request, "invitation_code");
  if (invitation) request.set("invitation_code", invitationHash(invitation));
  else if (invitation === "") request.delete("invitation_code");
  normaliseScope(request);
  normalisePrompt(request);
  await normaliseRedirectUri(db, face, request);
  return request;
}

/** There is one account in a session, so to choose another is to sign in again. */
function normalisePrompt(request: URLSearchParams): void {
  if (only(request, "start_page") === "registration" && !request.has("prompt")) {
    request.set("prompt", "create");
  }
  const prompt = only(request, "prompt");
  if (prompt === undefined) return;
  const prompts = prompt.split(" ").map((value) => (value === "select_account" ? "login" : value));
  request.set("prompt", [...new Set(prompts)].join(" "));
}

/** `offline_access` is the standard's name of `offline`, which only counts together with a consent page there. */
export function normaliseScope(request: URLSearchParams): void {
  const scope = only(request, "scope");
  if (scope === undefined) return;
  const scopes = scope.split(" ").map((value) => (value === "offline_access" ? "offline" : value));
  request.set("scope", [...new Set(scopes)].join(" "));
}

/** Puts the registered spelling of the redirect URI in place, at both endpoints alike. */
export async function normaliseRedirectUri(
  db: Database,
  face: Face,
  request: URLSearchParams,
): Promise<void> {
  if (!face.lenientSlash) return;
  const clientId = only(request, "client_id");
  const redirectUri = only(request, "redirect_uri");
  if (!clientId || !redirectUri) return;
  const application = await findApplication(db, clientId);
  const registered = application && registeredUri(application.redirectUris, redirectUri, face);
  if (registered !== undefined) request.set("redirect_uri", registered);
}

/** The value of a parameter that is there exactly once. */
export function only(parameters: URLSearchParams, name: string): string | undefined {
  const values = parameters.getAll(name);
  return values.length === 1 ? values[0] : undefined;
}
