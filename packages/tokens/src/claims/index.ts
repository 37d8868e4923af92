export { ClaimError, type ClaimErrorCode } from "./claim-error.ts";
export type {
  ClaimReaders,
  Flag,
  FlagOptions,
  FlagType,
  FlagTypeName,
  FlagValueOf,
  TokenName,
  UserDetails,
} from "./claim-readers.ts";
export { decodeClaims } from "./decode-claims.ts";
export type { Dialect, DialectName, FlagValue, Role } from "./dialect.ts";
export { auth0 } from "./dialects/auth0.ts";
export { clerk } from "./dialects/clerk.ts";
export { cognito } from "./dialects/cognito.ts";
export { entra } from "./dialects/entra.ts";
export { dialectFor } from "./dialects/index.ts";
export { keycloak } from "./dialects/keycloak.ts";
export { kinde } from "./dialects/kinde.ts";
export { logto } from "./dialects/logto.ts";
export { oauth } from "./dialects/oauth.ts";
export { okta } from "./dialects/okta.ts";
export type { JwtClaims } from "./jwt-claims.ts";
export { type ClaimSources, createClaimReaders } from "./readers.ts";
