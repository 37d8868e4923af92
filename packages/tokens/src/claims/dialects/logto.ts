import type { Dialect } from "../dialect.ts";
import { type JwtClaims, own } from "../jwt-claims.ts";
import { oauth } from "./oauth.ts";
import { roleList, strings, text } from "./shapes.ts";

const ORGANIZATION_AUDIENCE = "urn:logto:organization:";

/**
 * Logto: a user's permissions are the scopes that role-based access control left over. The organization is in
 * `organization_id`, or in the audience of a token that is for the organization itself.
 */
export const logto: Dialect = {
  ...oauth,
  name: "logto",
  permissions: oauth.scopes,
  roles: (claims) => roleList(own(claims, "roles") ?? own(claims, "organization_roles")),
  organization: (claims) => text(own(claims, "organization_id")) ?? organizationAudience(claims),
  organizations: (claims) => strings(own(claims, "organizations")),
};

function organizationAudience({ aud }: JwtClaims): string | undefined {
  const first = typeof aud === "string" ? aud : Array.isArray(aud) ? (aud[0] as unknown) : undefined;
  return typeof first === "string" && first.startsWith(ORGANIZATION_AUDIENCE)
    ? text(first.slice(ORGANIZATION_AUDIENCE.length))
    : undefined;
}
