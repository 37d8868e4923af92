import type { ClientCredentials } from "oidc-provider";
import type { Application } from "../access/index.ts";
import { only } from "./authorization-request.ts";
import type { ClientRefusal } from "./client-authentication.ts";
import type { Clock } from "./clock.ts";
import { printable } from "./printable.ts";
import { decodeTarget, encodeTarget } from "./token-target.ts";

/**
 * Puts a request for a token in the application's own name (RFC 6749 section 4.4) into the form the provider
 * understands: its audiences become one resource, and without `scope` it gets all that it may have there.
 *
 * @param form of the request; changed.
 * @param audience what the request asks for.
 * @returns why not, with what is granted, when it asks for more than that.
 */
export function askInOwnName(
  application: Application,
  form: URLSearchParams,
  audience: readonly string[],
): ClientRefusal | undefined {
  if (only(form, "grant_type") !== "client_credentials") return undefined;
  // A repeated scope stays repeated, so that the provider refuses it.
  if (form.getAll("scope").length > 1) return undefined;
  const { apis } = application;
  const foreign = audience.find((name) => !apis.some((api) => api.audience === name));
  if (foreign !== undefined) {
    const granted = apis.map((api) => printable(api.audience)).join(", ");
    return {
      status: 400,
      error: "invalid_target",
      description: `the application may not use ${printable(foreign)}: ${granted ? `granted are ${granted}` : "no API is granted to it"}`,
    };
  }
  const granted = scopesFor(application, audience);
  const wanted = (only(form, "scope") ?? "").split(" ").filter((scope) => scope !== "");
  const excess = wanted.find((scope) => !granted.includes(scope));
  if (excess !== undefined) {
    return {
      status: 400,
      error: "invalid_scope",
      description: `the application may not have the scope ${printable(excess)}: ${explained(granted, audience)}`,
    };
  }
  const scopes = wanted.length > 0 ? wanted : granted;
  form.set("resource", encodeTarget({ audience }));
  form.delete("scope");
  if (scopes.length > 0) form.set("scope", scopes.join(" "));
  return undefined;
}

/** The scopes that an application may have, in its own name, at some APIs. */
function scopesFor({ apis }: Application, audience: readonly string[]): string[] {
  const scopes = apis.filter((api) => audience.includes(api.audience)).flatMap((api) => api.scopes);
  return [...new Set(scopes)];
}

function explained(granted: readonly string[], audience: readonly string[]): string {
  if (audience.length === 0) return "scopes belong to an API, so name its audience";
  return granted.length === 0 ? "no scope is granted there" : `granted are ${granted.join(" ")}`;
}

/**
 * What the access token of an application says in its own name. `sub` is the client id (RFC 9068 section 2.2);
 * there is no user, so the claims about one are there and empty, for readers that expect them.
 */
export function tokenClaimsInOwnName(
  token: ClientCredentials,
  stamps: { iat?: number; exp?: number },
  clock: Clock,
): Record<string, unknown> {
  const { iat = 0, exp = 0 } = stamps;
  return {
    aud: [...(decodeTarget(String(token.aud))?.audience ?? [])],
    azp: token.clientId,
    scp: (token.scope ?? "").split(" ").filter((scope) => scope !== ""),
    permissions: [],
    roles: [],
    feature_flags: {},
    iat: iat + clock.offset(),
    exp: exp + clock.offset(),
  };
}
