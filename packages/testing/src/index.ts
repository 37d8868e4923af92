export { type BadToken, type BadTokenName, type BadTokens, badTokenKinds } from "./bad-tokens.ts";
export type { ClaimStyle, Flags, IdTokenOverrides, TokenOverrides, UsualClaims } from "./claim-styles.ts";
export type { Fault, FaultFor, FixedFault, IssuerFaults, IssuerRequests } from "./key-server.ts";
export type { TestClock } from "./test-clock.ts";
export { createTestIssuer, type TestIssuer, type TestIssuerOptions } from "./test-issuer.ts";
