import type { AuthClient, AuthError, AuthState, JsonValue, JwtClaims } from "@hallpass/client";
import { useEffect, useRef } from "react";
import type { KindeContextProps, RefreshTokenResult, UserProfile } from "./kinde-context.ts";
import { profileOf, renewed } from "./kinde-functions.ts";

/** What an application is told about. Each may be another function at every render. */
export interface KindeCallbacks {
  /** Somebody has signed in or registered; not called for a session of before. */
  onSuccess?: (user: UserProfile, state: Record<string, unknown>, context: KindeContextProps) => void;
  /** Something went wrong: a sign-in, also one that was declined, or the session. */
  onError?: (
    problem: { error: string; errorDescription: string },
    state: Record<string, string>,
    context: KindeContextProps,
  ) => void;
  onEvent?: {
    (event: "tokenRefreshed", state: RefreshTokenResult, context: KindeContextProps): void;
    (
      event: "login" | "logout" | "register",
      state: Record<string, unknown>,
      context: KindeContextProps,
    ): void;
  };
}

/** A sign-in that has come back; without an event if nobody asked for it by name. */
export interface Arrival {
  readonly event?: "login" | "register" | undefined;
  readonly asked: boolean;
  readonly state: Record<string, string>;
}

/** Reads what `signInOptions` has sent along. */
export function arrivalOf(appState: JsonValue | undefined): Arrival {
  const sent = (appState ?? {}) as { event?: "login" | "register"; state?: Record<string, string> };
  return { event: sent.event || undefined, asked: !!sent.state, state: sent.state ?? {} };
}

interface Told {
  readonly client: AuthClient;
  readonly auth: AuthState;
  readonly context: KindeContextProps;
  readonly arrival: Arrival | undefined;
  readonly callbacks: KindeCallbacks | undefined;
}

/** Calls the callbacks, each once for what it is about, and after the page has rendered it. */
export function useKindeCallbacks(told: Told): void {
  const { client, auth, arrival } = told;
  const latest = useRef(told);
  const seen = useRef<{ arrival?: Arrival; error?: AuthError | null; claims?: JwtClaims | null }>({});
  useEffect(() => {
    latest.current = told;
  });

  useEffect(() => {
    const { context, callbacks } = latest.current;
    const fail = (state: Record<string, string>): void => {
      const { error } = auth;
      if (!error || seen.current.error === error) return;
      seen.current.error = error;
      callbacks?.onError?.({ error: errorCode(error), errorDescription: error.message }, state, context);
    };
    // What a failed sign-in had sent along is at hand a moment after its error.
    if (!/^(access_denied|issuer_error|sign_in_failed)$/.test(auth.error?.code ?? "")) fail({});
    if (!arrival || seen.current.arrival === arrival || auth.isLoading) return;
    seen.current.arrival = arrival;
    const user = profileOf(auth.user);
    if (auth.error || !user) return fail(arrival.state);
    if (!arrival.asked) return;
    callbacks?.onSuccess?.(user, arrival.state, context);
    if (arrival.event) callbacks?.onEvent?.(arrival.event, arrival.state, context);
  }, [auth, arrival]);

  useEffect(() => {
    const claims = client.getClaims();
    const before = seen.current.claims;
    seen.current.claims = auth.isAuthenticated ? claims : null;
    if (!before || !claims || before === claims || before.sub !== claims.sub) return;
    const { onEvent } = latest.current.callbacks ?? {};
    if (!onEvent) return;
    void renewed(client, false).then((result) => onEvent("tokenRefreshed", result, latest.current.context));
  }, [client, auth]);
}

/** The codes of Kinde's SDK where it has one, those of OAuth for what the issuer says, and else our own. */
function errorCode({ code, reason }: AuthError): string {
  switch (code) {
    case "sign_in_failed":
    case "sign_in_expired":
      return "ERR_CODE_EXCHANGE";
    case "session_ended":
      return "ERR_REFRESH_TOKEN";
    default:
      return reason ?? code;
  }
}
