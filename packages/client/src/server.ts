/** What signing in on a server has in common with signing in on a page: nothing here touches a browser. */
export {
  authorizationUrl,
  codeChallenge,
  defaultScope,
  organization,
  randomValue,
  registration,
  type SignInOptions,
} from "./authorization-request.ts";
export { boundedFetch } from "./bounded-fetch.ts";
export { familyOf, type IssuerFamily, type IssuerMetadata } from "./issuer.ts";
export { isSafe } from "./issuer-address.ts";
export { safeReturnTo } from "./return-to.ts";
export { signOutUrl } from "./sign-out.ts";
