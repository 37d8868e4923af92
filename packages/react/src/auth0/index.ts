"use client";

export {
  type AppState,
  Auth0Context,
  type Auth0ContextInterface,
  type AuthState,
  type GetTokenSilentlyOptions,
  type GetTokenSilentlyVerboseResponse,
  type IdToken,
  initialContext,
  type LogoutOptions,
  type RedirectLoginOptions,
  type RedirectLoginResult,
  type User,
  useAuth0,
} from "./auth0-context.ts";
export { Auth0Provider, type Auth0ProviderOptions } from "./auth0-provider.tsx";
export type { AuthorizationParams } from "./authorization-params.ts";
export { OAuthError } from "./oauth-error.ts";
export { type WithAuth0Props, withAuth0 } from "./with-auth0.tsx";
export {
  type WithAuthenticationRequiredOptions,
  withAuthenticationRequired,
} from "./with-authentication-required.tsx";
