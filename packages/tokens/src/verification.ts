/**
 * What a signed JWT of an accepted algorithm needs: the rest of the checks, keys, the token that its user gets, and the memory of good
 * tokens. Loaded with the first of them.
 */
export { checksInOrder, laterChecks } from "./checks/later.ts";
export { applyRule } from "./checks/rule.ts";
export { IssuerLookups } from "./issuer-lookups.ts";
export { keysOf } from "./key-source.ts";
export { KnownHeaders } from "./known-headers.ts";
export { rememberTokens } from "./token-memory.ts";
export { tokenOf } from "./verified-jwt.ts";
