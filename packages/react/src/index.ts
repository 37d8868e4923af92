"use client";

export {
  type ApiFetch,
  type AuthClient,
  type AuthClientOptions,
  AuthError,
  type AuthErrorCode,
  type AuthState,
  type AuthStatus,
  createAuthClient,
  isAuthError,
  type JsonValue,
  type JwtClaims,
  type SignInOptions,
  type SignOutOptions,
  type User,
} from "@hallpass/client";
export { AuthProvider, type AuthProviderProps } from "./auth-provider.tsx";
export {
  LoginLink,
  LogoutLink,
  RegisterLink,
  type SignInLinkProps,
  type SignOutLinkProps,
} from "./links.tsx";
export { Protect, type ProtectProps } from "./protect.tsx";
export { SignedIn, SignedOut } from "./signed-in.tsx";
export { useApi } from "./use-api.ts";
export { type Auth, useAuth } from "./use-auth.ts";
