import type { JwtClaims } from "@hallpass/tokens/claims";
import type { AuthError } from "./auth-error.ts";

/**
 * - `loading`: not known yet, or on the way to or from the issuer
 * - `signed-out`, `signed-in`
 * - `offline`: the issuer cannot be reached just now; whoever was signed in still is. A page that was loaded meanwhile
 *   cannot tell who that is, so `user` is `null` until the issuer answers
 */
export type AuthStatus = "loading" | "signed-out" | "signed-in" | "offline";

/** Who is signed in, as the ID token says. */
export interface User {
  readonly id: string;
  readonly email?: string | undefined;
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
  readonly name?: string | undefined;
  readonly picture?: string | undefined;
}

/** What a page needs to know to render. A new object whenever something in it, or a claim, may have changed. */
export interface AuthState {
  readonly status: AuthStatus;
  readonly isLoading: boolean;
  /** Whether `user` is known: also while the issuer is out of reach. */
  readonly isAuthenticated: boolean;
  readonly user: User | null;
  /** Why the last sign-in or the session failed. */
  readonly error: AuthError | null;
}

/** The one state machine: every change of what a page sees goes through `set`. */
export interface Status {
  get(): AuthState;
  set(status: AuthStatus, user: User | null, error?: AuthError | null): void;
  subscribe(listener: () => void): () => void;
}

/** What is known before anything has been looked at; also what a server renders. */
export const initialState: AuthState = stateOf("loading", null, null);

export function createStatus(): Status {
  let state = initialState;
  const listeners = new Set<() => void>();
  return {
    get: () => state,
    set(status, user, error = null) {
      // Who depends on `user` must not start anew because a token was renewed.
      const same = JSON.stringify(user) === JSON.stringify(state.user);
      state = stateOf(status, same ? state.user : user, error);
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function stateOf(status: AuthStatus, user: User | null, error: AuthError | null): AuthState {
  return { status, isLoading: status === "loading", isAuthenticated: !!user, user, error };
}

/** Reads the user from an ID token's claims (OpenID Connect Core 5.1). */
export function userOf(claims: JwtClaims): User {
  const read = (name: string) => (typeof claims[name] === "string" ? claims[name] : undefined);
  const [givenName, familyName] = [read("given_name"), read("family_name")];
  return {
    id: claims.sub ?? "",
    email: read("email"),
    givenName,
    familyName,
    name: (read("name") ?? [givenName, familyName].filter(Boolean).join(" ")) || undefined,
    picture: read("picture"),
  };
}
