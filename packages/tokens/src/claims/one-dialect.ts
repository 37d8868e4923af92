/**
 * For pages, which have one issuer: the readers, and the dialects that an address which says nothing may stand for. The
 * others are in `@hallpass/tokens/claims/dialects`, to be imported when `dialectNameFor` names one of them.
 */
export type { ClaimReaders } from "./claim-readers.ts";
export type { Dialect, DialectName } from "./dialect.ts";
export { createDialectReaders, type TokenClaims } from "./dialect-readers.ts";
export { auth0 } from "./dialects/auth0.ts";
export { dialectNameFor } from "./dialects/dialect-name.ts";
export { kinde } from "./dialects/kinde.ts";
export { oauth } from "./dialects/oauth.ts";
export { unrecognised } from "./dialects/unrecognised.ts";
