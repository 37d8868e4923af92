import { AuthError } from "./auth-error.ts";

const names: ReadonlySet<string> = new Set([
  "issuer",
  "clientId",
  "clientSecret",
  "redirectUri",
  "postLogoutRedirectUri",
  "grantType",
  "scope",
  "audience",
  "orgCode",
  "dialect",
  "store",
  "sessionSecret",
  "lifetime",
  "basePath",
  "fetch",
  "clock",
  "onWarning",
]);

/** What Kinde's SDKs and other libraries call things. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ["domain", "issuer"],
  ["host", "issuer"],
  ["authDomain", "issuer"],
  ["issuerBaseUrl", "issuer"],
  ["issuerBaseURL", "issuer"],
  ["client_id", "clientId"],
  ["clientID", "clientId"],
  ["client_secret", "clientSecret"],
  ["secret", "clientSecret"],
  ["callback_url", "redirectUri"],
  ["callbackUrl", "redirectUri"],
  ["redirectURL", "redirectUri"],
  ["redirectUrl", "redirectUri"],
  ["redirect_uri", "redirectUri"],
  ["logoutRedirectURL", "postLogoutRedirectUri"],
  ["postLogoutRedirectUrl", "postLogoutRedirectUri"],
  ["post_logout_redirect_uri", "postLogoutRedirectUri"],
  ["grant_type", "grantType"],
  ["org_code", "orgCode"],
]);

/**
 * Refuses what is no option: what is misspelt would otherwise silently not count.
 *
 * @param further names that are options here and not elsewhere
 * @throws {AuthError} `option_invalid`
 */
export function refuseUnknownOptions(options: object, further: readonly string[] = []): void {
  for (const name of Object.keys(options)) {
    if (names.has(name) || further.includes(name)) continue;
    throw new AuthError("option_invalid", `${name} ${whyNot(name)}`);
  }
}

function whyNot(name: string): string {
  if (name === "codeVerifier" || name === "code_verifier") {
    return (
      "cannot be configured: one that serves for several sign-ins protects none of them, so each sign-in makes its own. " +
      "Leave it out, or pass one of yours to getLoginUrl({ codeVerifier }) for that sign-in"
    );
  }
  const meant = otherNames.get(name);
  return meant === undefined
    ? `is not an option; there are ${[...names].join(", ")}`
    : `is not an option: it is called ${meant}`;
}
