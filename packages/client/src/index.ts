export type { ClaimReaders } from "@hallpass/tokens/claims";
export { type ApiFetch, createApiFetch } from "./api-fetch.ts";
export type { AuthClient, AuthClientOptions, SignOutOptions } from "./auth-client.ts";
export { AuthError, type AuthErrorCode, isAuthError } from "./auth-error.ts";
export type { SignInOptions } from "./authorization-request.ts";
export { createAuthClient } from "./browser.ts";
export { replacePath } from "./callback.ts";
export { type AuthState, type AuthStatus, initialState, type User } from "./status.ts";
