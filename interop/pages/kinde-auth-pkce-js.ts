import * as sdk from "@kinde-oss/kinde-auth-pkce-js";
import "../support/page-settings.ts";

declare global {
  interface Window {
    client: sdk.KindeClient;
    sdk: typeof sdk;
    ready: boolean;
    /** What came back with the sign-in that has just ended. */
    appState: Record<string, unknown> | undefined;
  }
}

const { issuer, clientId, audience, options } = window.settings;
window.sdk = sdk;
// Its types are written as if it were CommonJS, where a default export has one more step.
const createKindeClient = sdk.default as unknown as typeof sdk.default.default;
window.client = await createKindeClient({
  domain: issuer,
  client_id: clientId,
  redirect_uri: location.origin,
  logout_uri: location.origin,
  audience,
  on_redirect_callback(_user, appState) {
    window.appState = appState;
  },
  ...options,
});
window.ready = true;
