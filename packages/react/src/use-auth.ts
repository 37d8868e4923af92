import { type AuthClient, type AuthState, initialState } from "@hallpass/client";
import { useMemo, useSyncExternalStore } from "react";
import { useAuthContext } from "./auth-context.ts";

/** What `useAuth` gives: who is signed in, and everything that can be done about it. */
export type Auth = AuthState & Omit<AuthClient, "start" | "subscribe" | "getState">;

/**
 * Who is signed in, and what to do about it. Functions keep their identity for the life of the provider; the
 * component renders again when the state or a claim may have changed.
 *
 * @throws {AuthError} `provider_missing`
 */
export function useAuth(): Auth {
  const { client } = useAuthContext();
  const state = useSyncExternalStore(client.subscribe, client.getState, () => initialState);
  return useMemo(() => {
    const { start, subscribe, getState, ...actions } = client;
    return { ...actions, ...state };
  }, [client, state]);
}
