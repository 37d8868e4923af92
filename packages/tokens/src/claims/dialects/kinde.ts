import type { Dialect } from "../dialect.ts";
import { type JwtClaims, own } from "../jwt-claims.ts";
import { flagMap, roleList, strings, text, words } from "./shapes.ts";

/** Kinde, and Hallpass's own identity server: `permissions`, `org_code`, `feature_flags`, or their `x-hasura-` twins. */
export const kinde: Dialect = {
  name: "kinde",
  permissions: (claims) => strings(either(claims, "permissions", "x-hasura-permissions")),
  roles: (claims) => roleList(either(claims, "roles", "x-hasura-roles")),
  scopes: (claims) => words(own(claims, "scp") ?? own(claims, "scope")),
  organization: (claims) => text(either(claims, "org_code", "x-hasura-org-code")),
  organizations: (claims) => strings(either(claims, "org_codes", "x-hasura-org-codes")),
  flags: (claims) => flagMap(either(claims, "feature_flags", "x-hasura-feature-flags")),
};

function either(claims: JwtClaims, name: string, hasuraName: string): unknown {
  return own(claims, name) ?? own(claims, hasuraName);
}
