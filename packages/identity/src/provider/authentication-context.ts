/**
 * How strongly somebody was authenticated, as the `acr` of their tokens says it (OpenID Connect Core section 2):
 * so far by a password alone.
 */
export const PASSWORD_ACR = "urn:hallpass:acr:password";

/** What a sign-in by password is, with `amr` in the words of RFC 8176. */
export const BY_PASSWORD = { acr: PASSWORD_ACR, amr: ["pwd"] };
