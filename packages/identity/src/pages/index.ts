export { accountPage } from "./account-page.ts";
export { type Asset, assets } from "./assets.ts";
export { chooseOrganizationPage } from "./choose-organization-page.ts";
export { consentPage } from "./consent-page.ts";
export { createOrganizationPage } from "./create-organization-page.ts";
export { errorPage } from "./error-page.ts";
export { acceptInvitationPage, refusedInvitationPage } from "./invitation-pages.ts";
export { logoutConfirmPage, signedOutPage } from "./logout-pages.ts";
export { membershipPage } from "./membership-page.ts";
export { registerPage } from "./register-page.ts";
export { sessionExpiredPage } from "./session-expired-page.ts";
export { signInPage } from "./sign-in-page.ts";
export type {
  AcceptInvitationView,
  AccountView,
  ChooseOrganizationView,
  ConsentView,
  CreateOrganizationView,
  ErrorView,
  LogoutConfirmView,
  MembershipView,
  RefusedInvitationView,
  RegisterField,
  RegisterView,
  SessionExpiredView,
  SignedOutView,
  SignInView,
} from "./views.ts";
