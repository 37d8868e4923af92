import { refusal } from "../refusal.ts";
import { type Check, claimOf, type Examination, jwsOf, type Outcome } from "./check.ts";

/** Is it an access token, and not one of the other JWTs that the same issuer signs? */
export const type: Check = (examination) => {
  const { typ } = jwsOf(examination).header;
  const kind = mediaType(typ);
  if (kind === "at+jwt") return undefined;
  if (kind !== "" && kind !== "jwt") return refusal("token_type_wrong", "typ", typ);
  return (
    otherTokenByClaims(examination) ??
    (examination.settings.profile === undefined ? undefined : refusal("token_type_wrong", "profile", typ))
  );
};

/** Whether the header says that it is an access token (RFC 9068 section 2.1). */
export function saysAccessToken(examination: Examination): boolean {
  return mediaType(jwsOf(examination).header.typ) === "at+jwt";
}

/** The `typ` in lower case without `application/` (RFC 7515 section 4.1.9); empty when there is none. */
function mediaType(typ: unknown): string | undefined {
  if (typ === undefined) return "";
  return typeof typ === "string" ? typ.toLowerCase().replace(/^application\//, "") : undefined;
}

/** Tells the other JWTs of issuers that write `typ: JWT` into all of them by the claims that only those have. */
function otherTokenByClaims(examination: Examination): Outcome {
  const has = (name: string): boolean => claimOf(examination, name) !== undefined;
  // Keycloak's `typ` and Cognito's `token_use` name the kind in the payload.
  const kind = claimOf(examination, "typ") ?? claimOf(examination, "token_use");
  if (typeof kind === "string" && /^(ID|id|Refresh|refresh|Offline|Logout)$/.test(kind)) {
    return refusal("token_type_wrong", "kind", kind);
  }
  const events = claimOf(examination, "events");
  if (typeof events === "object" && events !== null) return refusal("token_type_wrong", "events");
  for (const name of ["at_hash", "c_hash"] as const) {
    if (has(name)) return refusal("token_type_wrong", name);
  }
  // Some access tokens repeat the nonce or are for their own application, but those say what they allow.
  if (has("scope") || has("scp") || has("permissions")) return undefined;
  if (has("nonce")) return refusal("token_type_wrong", "nonce");
  return isForItsApplication(examination) && !has("roles")
    ? refusal("token_type_wrong", "audience")
    : undefined;
}

/** Whether `aud` has the application that the token was given to, as in every ID token (OpenID Connect Core section 2). */
export function isForItsApplication(examination: Examination): boolean {
  const application = claimOf(examination, "azp") ?? claimOf(examination, "client_id");
  return application !== undefined && isAudience(examination, application);
}

/** Whether a name is the audience, or in the list that the audience is. */
export function isAudience(examination: Examination, name: unknown): boolean {
  const aud = claimOf(examination, "aud");
  return aud === name || (Array.isArray(aud) && aud.includes(name));
}
