"use client";

export type { HasParams } from "./access.ts";
export { type ActivityTimeoutConfig, TimeoutActivityType } from "./activity-timeout.ts";
export type { KindeCallbacks } from "./callbacks.ts";
export {
  KindeContext,
  type KindeContextProps,
  type LogoutOptions,
  type PermissionAccess,
  type Permissions,
  type RefreshTokenResult,
  type Role,
  type State,
  type UserProfile,
  useKindeAuth,
} from "./kinde-context.ts";
export { KindeProvider, type KindeProviderProps } from "./kinde-provider.tsx";
export {
  LoginLink,
  type LoginLinkProps,
  LogoutLink,
  type LogoutLinkProps,
  PortalLink,
  type PortalLinkProps,
  RegisterLink,
  type RegisterLinkProps,
  SwitchOrgLink,
  type SwitchOrgLinkProps,
} from "./links.tsx";
export { ProtectedRoute, type ProtectedRouteProps } from "./protected-route.tsx";
export type { LoginMethodParams, SignInParameters } from "./sign-in-parameters.ts";
