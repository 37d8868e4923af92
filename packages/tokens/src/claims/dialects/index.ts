import type { Dialect, DialectName } from "../dialect.ts";
import { auth0 } from "./auth0.ts";
import { clerk } from "./clerk.ts";
import { cognito } from "./cognito.ts";
import { dialectNameFor } from "./dialect-name.ts";
import { entra } from "./entra.ts";
import { keycloak } from "./keycloak.ts";
import { kinde } from "./kinde.ts";
import { logto } from "./logto.ts";
import { oauth } from "./oauth.ts";
import { okta } from "./okta.ts";
import { unrecognised } from "./unrecognised.ts";

/** The dialects by name. */
export const dialects: ReadonlyMap<string, Dialect> = new Map([
  ["kinde", kinde],
  ["auth0", auth0],
  ["keycloak", keycloak],
  ["entra", entra],
  ["cognito", cognito],
  ["logto", logto],
  ["clerk", clerk],
  ["okta", okta],
  ["oauth", oauth],
] satisfies [DialectName, Dialect][]);

/**
 * The dialect of an issuer, told from its host, or for Keycloak, which has none of its own, from the realm in its path.
 * Issuers that say nothing get one that reads Kinde's names, Auth0's and those of plain OAuth.
 */
export function dialectFor(issuer: string): Dialect {
  return dialects.get(dialectNameFor(issuer) ?? "") ?? unrecognised;
}
