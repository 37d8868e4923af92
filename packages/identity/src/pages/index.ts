export { type Asset, assets } from "./assets.ts";
export { chooseOrganizationPage } from "./choose-organization-page.ts";
export { consentPage } from "./consent-page.ts";
export { createOrganizationPage } from "./create-organization-page.ts";
export { errorPage } from "./error-page.ts";
export { logoutConfirmPage, signedOutPage } from "./logout-pages.ts";
export { registerPage } from "./register-page.ts";
export { sessionExpiredPage } from "./session-expired-page.ts";
export { signInPage } from "./sign-in-page.ts";
export type {
  ChooseOrganizationView,
  ConsentView,
  CreateOrganizationView,
  ErrorView,
  LogoutConfirmView,
  RegisterField,
  RegisterView,
  SessionExpiredView,
  SignedOutView,
  SignInView,
} from "./views.ts";
