import type { Dialect } from "../dialect.ts";
import { type JwtClaims, own } from "../jwt-claims.ts";
import { oauth } from "./oauth.ts";
import { flagMap, roleList } from "./shapes.ts";

/**
 * Auth0: `permissions` (RBAC with "Add permissions in the access token"), `scope` and `org_id`. Auth0 wants custom
 * claims under a namespace, so roles and flags are looked for in claims whose names are URLs that end in `/roles` and
 * `/feature_flags`.
 */
export const auth0: Dialect = {
  ...oauth,
  name: "auth0",
  roles: (claims) => roleList(own(claims, "roles") ?? namespaced(claims, "/roles")),
  flags: (claims) => flagMap(own(claims, "feature_flags") ?? namespaced(claims, "/feature_flags")),
};

function namespaced(claims: JwtClaims, ending: string): unknown {
  const name = Object.keys(claims).find((key) => /^https?:\/\//.test(key) && key.endsWith(ending));
  return name === undefined ? undefined : own(claims, name);
}
