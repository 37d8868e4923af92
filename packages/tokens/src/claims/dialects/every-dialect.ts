/** The dialects that have names, each under its own. */
export { auth0 } from "./auth0.ts";
export { clerk } from "./clerk.ts";
export { cognito } from "./cognito.ts";
export { entra } from "./entra.ts";
export { keycloak } from "./keycloak.ts";
export { kinde } from "./kinde.ts";
export { logto } from "./logto.ts";
export { oauth } from "./oauth.ts";
export { okta } from "./okta.ts";
