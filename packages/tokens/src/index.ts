export type { Algorithm } from "./algorithms.ts";
export type { ClaimReaders, Flag, FlagType, TokenName, UserDetails } from "./claims/claim-readers.ts";
export type { Dialect, DialectName, FlagValue, Role } from "./claims/dialect.ts";
export type { JwtClaims } from "./claims/jwt-claims.ts";
export { explainUnverified, type UnverifiedOptions } from "./explain-unverified.ts";
export { type ExplainedCheck, type Explanation, formatExplanation } from "./explanation.ts";
export { VerifierOptionError } from "./option-error.ts";
export type { StandardSchemaV1 } from "./standard-schema.ts";
export { TokenError, type TokenErrorCode, type TokenErrorDetails } from "./token-error.ts";
export { isTokenError, tokenErrorCodes } from "./token-error-codes.ts";
export type { Confirmation, JwsHeader, VerifiedToken } from "./verified-token.ts";
export { createVerifier, type Verdict, type Verifier } from "./verifier.ts";
export type {
  CheckOptions,
  IssuerAndRecipient,
  IssuerLookup,
  IssuerOptions,
  JsonWebKeySet,
  LookedUpIssuer,
  PublicJsonWebKey,
  Recipient,
  Refusal,
  RuleResult,
  VerifierOptions,
} from "./verifier-options.ts";
