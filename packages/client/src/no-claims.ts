import type { FlagType } from "@hallpass/tokens/claims";
import type { AllClaimReaders } from "./auth-client.ts";
import { AuthError } from "./auth-error.ts";

/** What is read while nobody is signed in. It stands in for the readers, which are loaded with the session. */
export const noClaims: AllClaimReaders = {
  getClaims: () => null,
  getClaim: (name) => ({ name, value: null }),
  getPermission: () => ({ orgCode: null, isGranted: false }),
  getPermissions: () => ({ orgCode: null, permissions: [] }),
  getRoles: () => [],
  getOrganization: () => ({ orgCode: null }),
  getUserOrganizations: () => ({ orgCodes: [] }),
  getOrganizations: () => ({ orgCodes: [] }),
  getUserDetails: () => ({ id: null, givenName: null, familyName: null, email: null, picture: null }),
  getFlag: (code, { defaultValue } = {}) => {
    const value = given(code, defaultValue);
    const type: FlagType = typeof value === "number" ? "integer" : (typeof value as "string" | "boolean");
    return { code, type, value, isDefault: true };
  },
  getBooleanFlag: given,
  getStringFlag: given,
  getIntegerFlag: given,
};

function given<Value>(code: string, defaultValue: Value | undefined): Value {
  if (defaultValue !== undefined) return defaultValue;
  throw new AuthError("not_signed_in", `nobody is signed in, so the flag '${code}' needs a default value`);
}
