export type { BadToken, BadTokenName, BadTokens } from "./bad-tokens.ts";
export type { ClaimStyle, Flags, IdTokenOverrides, TokenOverrides } from "./claim-styles.ts";
export type { Fault, FaultFor, FixedFault, IssuerFaults, IssuerRequests } from "./key-server.ts";
export type { TestClock } from "./test-clock.ts";
export { createTestIssuer, type TestIssuer, type TestIssuerOptions } from "./test-issuer.ts";
