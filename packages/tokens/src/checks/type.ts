import { own } from "../claims/jwt-claims.ts";
import type { CompactJws } from "../compact-jws.ts";
import { show } from "../printable.ts";
import { refusal, type TokenError } from "../token-error.ts";
import { type Check, jwsOf } from "./check.ts";

/** What other JWTs say in their `typ` (RFC 8725 section 3.11). */
const OTHER_TYPES: ReadonlyMap<string, string> = new Map([
  ["logout+jwt", "a logout token"],
  ["dpop+jwt", "a DPoP proof"],
  ["secevent+jwt", "a security event"],
  ["token-introspection+jwt", "an answer of the introspection endpoint"],
  ["client-authentication+jwt", "a client assertion"],
  ["oauth-authz-req+jwt", "a sign-in request"],
  ["rt+jwt", "a refresh token"],
  ["refresh+jwt", "a refresh token"],
  ["id+jwt", "an ID token"],
]);

const SEND_ACCESS_TOKEN = "Send the access token instead.";

/** Is it an access token, and not one of the other JWTs that the same issuer signs? */
export const type: Check = {
  name: "type",
  needs: ["form"],
  run(examination) {
    const jws = jwsOf(examination);
    const typ = mediaType(jws.header.typ);
    if (typ === undefined) {
      return refuseType("a JWT whose typ is not a string", `typ ${show(jws.header.typ)}`, SEND_ACCESS_TOKEN);
    }
    if (typ === "at+jwt") return undefined;
    if (typ !== "" && typ !== "jwt") {
      return refuseType(
        OTHER_TYPES.get(typ) ?? "not an access token",
        `typ ${show(jws.header.typ)}`,
        SEND_ACCESS_TOKEN,
      );
    }
    const other = otherTokenByClaims(jws);
    if (other !== undefined) return refuseType(other[0], other[1], SEND_ACCESS_TOKEN);
    if (examination.settings.profile !== "rfc9068") return undefined;
    return refusal("token_type_wrong", `This token does not say that it is an access token: ${typOf(jws)}.`, {
      found: typOf(jws),
      expected: "typ 'at+jwt'",
      fix: "Have the issuer follow RFC 9068, or leave the option profile out.",
    });
  },
  found: (examination) => typOf(jwsOf(examination)),
  expected: ({ settings }) =>
    settings.profile === "rfc9068" ? "typ 'at+jwt'" : "an access token (typ 'at+jwt', 'JWT' or none)",
};

/** The refusal for a JWT of another kind. */
export function refuseType(what: string, found: string, fix: string): TokenError {
  return refusal("token_type_wrong", `This is ${what} (${found}).`, {
    found,
    expected: "an access token",
    fix,
  });
}

/** Whether the header says that it is an access token (RFC 9068 section 2.1). */
export function saysAccessToken(jws: CompactJws): boolean {
  return mediaType(jws.header.typ) === "at+jwt";
}

/** The `typ` in lower case without `application/` (RFC 7515 section 4.1.9); empty when there is none. */
function mediaType(typ: unknown): string | undefined {
  if (typ === undefined) return "";
  if (typeof typ !== "string") return undefined;
  const lower = typ.toLowerCase();
  return lower.startsWith("application/") ? lower.slice("application/".length) : lower;
}

/** Tells the other JWTs of issuers that write `typ: JWT` into all of them by the claims that only those have. */
function otherTokenByClaims({ payload }: CompactJws): [what: string, found: string] | undefined {
  // Keycloak's `typ` and Cognito's `token_use` name the kind in the payload.
  const kind = own(payload, "typ") ?? own(payload, "token_use");
  if (kind === "ID" || kind === "id") return ["an ID token", "its payload says so"];
  if (kind === "Refresh" || kind === "Offline" || kind === "refresh")
    return ["a refresh token", "its payload says so"];
  if (kind === "Logout") return ["a logout token", "its payload says so"];
  const events = own(payload, "events");
  if (typeof events === "object" && events !== null)
    return ["a logout token or security event", "it has events"];
  for (const name of ["at_hash", "c_hash"]) {
    if (own(payload, name) !== undefined) return ["an ID token", `it has ${name}`];
  }
  // Some access tokens repeat the nonce or are for their own application, but those say what they allow.
  if (hasAny(payload, ["scope", "scp", "permissions"])) return undefined;
  if (own(payload, "nonce") !== undefined) return ["an ID token", "it has a nonce and no scope"];
  if (isForItsApplication(payload) && !hasAny(payload, ["roles"])) {
    return ["an ID token", "its audience is the application, and it has no scope"];
  }
  return undefined;
}

function hasAny(payload: object, names: readonly string[]): boolean {
  return names.some((name) => own(payload, name) !== undefined);
}

/** Whether `aud` has the application that the token was given to, as in every ID token (OpenID Connect Core section 2). */
export function isForItsApplication(payload: object): boolean {
  const application = own(payload, "azp") ?? own(payload, "client_id");
  const aud = own(payload, "aud");
  return (
    application !== undefined && (aud === application || (Array.isArray(aud) && aud.includes(application)))
  );
}

function typOf({ header }: CompactJws): string {
  return header.typ === undefined ? "no typ" : `typ ${show(header.typ)}`;
}
