import type { Dialect } from "../dialect.ts";
import { own } from "../jwt-claims.ts";
import { oauth } from "./oauth.ts";
import { roleList, text } from "./shapes.ts";

/** Okta: scopes as a list (`scp`), the application in `cid`, and as roles the `groups` that an authorization server can add. */
export const okta: Dialect = {
  ...oauth,
  name: "okta",
  roles: (claims) => roleList(own(claims, "roles") ?? own(claims, "groups")),
  client: (claims) => text(own(claims, "cid")),
};
