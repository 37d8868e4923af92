import { UserManager } from "oidc-client-ts";
import "../support/page-settings.ts";

declare global {
  interface Window {
    manager: UserManager;
    /** Whether the page knows who is signed in, if anybody. */
    ready: boolean;
  }
}

const { issuer, clientId, audience, options } = window.settings;
const { origin, pathname } = location;

window.manager = new UserManager({
  authority: issuer,
  client_id: clientId,
  redirect_uri: `${origin}/callback`,
  silent_redirect_uri: `${origin}/silent`,
  post_logout_redirect_uri: `${origin}/`,
  scope: "openid profile email offline_access",
  extraQueryParams: { audience },
  loadUserInfo: true,
  automaticSilentRenew: false,
  ...options,
});

if (pathname === "/silent") {
  await window.manager.signinSilentCallback();
} else if (pathname === "/callback") {
  await window.manager.signinCallback();
  history.replaceState({}, "", "/");
}
window.ready = true;
