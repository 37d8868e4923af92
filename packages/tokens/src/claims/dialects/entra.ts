import type { Dialect } from "../dialect.ts";
import { own } from "../jwt-claims.ts";
import { oauth } from "./oauth.ts";
import { listOf, strings, text, words } from "./shapes.ts";

/**
 * Microsoft Entra ID: delegated permissions are the scopes (`scp`), application permissions and app roles are `roles`;
 * the organization is the tenant (`tid`). Version 1 tokens name their application in `appid`.
 */
export const entra: Dialect = {
  ...oauth,
  name: "entra",
  permissions: (claims) => strings(own(claims, "roles")),
  scopes: (claims) => words(own(claims, "scp")),
  organization: (claims) => text(own(claims, "tid")),
  organizations: (claims) => listOf(text(own(claims, "tid"))),
  client: (claims) => text(own(claims, "appid")),
};
