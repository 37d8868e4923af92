import type { Dialect } from "../dialect.ts";
import { own } from "../jwt-claims.ts";
import { oauth } from "./oauth.ts";
import { roleList } from "./shapes.ts";

/** Amazon Cognito: groups as roles (`cognito:groups`), scopes of resource servers as `identifier/name`. */
export const cognito: Dialect = {
  ...oauth,
  name: "cognito",
  roles: (claims) => roleList(own(claims, "cognito:groups")),
};
