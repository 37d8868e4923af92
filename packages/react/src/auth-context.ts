import { type AuthClient, AuthError } from "@hallpass/client";
import { createContext, useContext } from "react";

/** What the provider hands to hooks and components. */
export interface AuthContextValue {
  readonly client: AuthClient;
  readonly apiOrigins: readonly string[];
}

export const AuthContext: React.Context<AuthContextValue | null> = createContext<AuthContextValue | null>(
  null,
);

/** @throws {AuthError} `provider_missing` */
export function useAuthContext(): AuthContextValue {
  const value = useContext(AuthContext);
  if (!value)
    throw new AuthError("provider_missing", "put <AuthProvider> around the components that sign in");
  return value;
}
