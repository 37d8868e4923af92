import { Auth0Client } from "@auth0/auth0-spa-js";
import "../support/page-settings.ts";

declare global {
  interface Window {
    auth0: Auth0Client;
    ready: boolean;
  }
}

const { issuer, clientId, audience, options } = window.settings;
const { authorizationParams, ...more } = options as { authorizationParams?: object };

window.auth0 = new Auth0Client({
  domain: issuer,
  clientId,
  useRefreshTokens: true,
  cacheLocation: "localstorage",
  authorizationParams: { redirect_uri: location.origin, audience, ...authorizationParams },
  ...more,
});

const parameters = new URLSearchParams(location.search);
if (parameters.has("state") && (parameters.has("code") || parameters.has("error"))) {
  await window.auth0.handleRedirectCallback().catch((error: unknown) => console.info(error));
  history.replaceState({}, "", "/");
}
await window.auth0.checkSession().catch((error: unknown) => console.info(error));
window.ready = true;
