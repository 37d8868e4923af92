import type { Dialect } from "../dialect.ts";
import { own } from "../jwt-claims.ts";
import { flagMap, listOf, roleList, strings, text, words } from "./shapes.ts";

/**
 * Plain OAuth: `scope` (RFC 9068 section 2.2.3, or `scp` as some write it), and what has become usual besides:
 * `permissions`, `roles`, `org_id` and `feature_flags`.
 */
export const oauth: Dialect = {
  name: "oauth",
  permissions: (claims) => strings(own(claims, "permissions")),
  roles: (claims) => roleList(own(claims, "roles")),
  scopes: (claims) => words(own(claims, "scope") ?? own(claims, "scp")),
  organization: (claims) => text(own(claims, "org_id")),
  organizations: (claims) => listOf(text(own(claims, "org_id"))),
  flags: (claims) => flagMap(own(claims, "feature_flags")),
};
