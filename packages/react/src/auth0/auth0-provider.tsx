import { type AuthClient, type AuthState as ClientState, replacePath, safeReturnTo } from "@hallpass/client";
import { type Context, type ReactElement, type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { useAuthContext } from "../auth-context.ts";
import { AuthProvider } from "../auth-provider.tsx";
import { pathOf, refuse } from "../sdk-options.ts";
import { useAuth } from "../use-auth.ts";
import {
  type AppState,
  Auth0Context,
  type Auth0ContextInterface,
  type AuthState,
  type User,
  userOf,
} from "./auth0-context.ts";
import { auth0Functions } from "./auth0-functions.ts";
import { type AuthorizationParams, scopeOf } from "./authorization-params.ts";
import { oauthError } from "./oauth-error.ts";

export interface Auth0ProviderOptions {
  /** The issuer's address; without a scheme, https is meant. */
  readonly domain: string;
  readonly clientId: string;
  /** For every sign-in. `audience` and `scope` are those of all tokens. */
  readonly authorizationParams?: AuthorizationParams | undefined;
  /**
   * Called after a sign-in that was asked for, at the redirect URI, and leads to where the person wanted to be. Default:
   * shows `appState.returnTo`, if it is a path of this origin.
   */
  readonly onRedirectCallback?: ((appState?: AppState, user?: User) => void) | undefined;
  /** Means nothing: an answer that is not ours is known by its state, and left alone. */
  readonly skipRedirectCallback?: boolean | undefined;
  /** `localstorage` puts the refresh token where every script of this origin can take it. */
  readonly cacheLocation?: "memory" | "localstorage" | undefined;
  /** A context of one's own, for several providers inside of each other. */
  readonly context?: Context<Auth0ContextInterface> | undefined;
  /** Means nothing: they always are, where the issuer gives one. */
  readonly useRefreshTokens?: boolean | undefined;
  readonly useRefreshTokensFallback?: boolean | undefined;
  /** Mean nothing: tokens are checked by their time of arrival, and every request ends after ten seconds. */
  readonly leeway?: number | undefined;
  readonly authorizeTimeoutInSeconds?: number | undefined;
  readonly httpTimeoutInSeconds?: number | undefined;
  readonly nowProvider?: (() => number | Promise<number>) | undefined;
  /** Mean nothing: there is no cookie of the page, no worker, and no body but a form. */
  readonly legacySameSiteCookie?: boolean | undefined;
  readonly useCookiesForTransactions?: boolean | undefined;
  readonly sessionCheckExpiryDays?: number | undefined;
  readonly cookieDomain?: string | undefined;
  readonly workerUrl?: string | undefined;
  readonly useFormData?: boolean | undefined;
  readonly auth0Client?: object | undefined;
  /** Refused; what to do instead is in the error. */
  readonly client?: undefined;
  readonly cache?: undefined;
  readonly issuer?: undefined;
  readonly useDpop?: false | undefined;
  readonly useMrrt?: false | undefined;
  readonly interactiveErrorHandler?: undefined;
  readonly enterpriseConnect?: false | undefined;
  readonly children?: ReactNode;
}

const REFUSED = {
  client:
    "give domain and clientId; for a client outside of React use <AuthProvider client> of @hallpass/react",
  cache: 'tokens are kept in memory; cacheLocation="localstorage" puts the refresh token into localStorage',
  issuer: "domain is the issuer",
  useDpop: "access tokens are plain bearer tokens",
  useMrrt: "a session has one audience",
  interactiveErrorHandler: "sign in again with loginWithRedirect",
  enterpriseConnect: "it is a service of Auth0's",
};

/**
 * Signs people in for everything below it, by the names of Auth0's SDK. `docs/from-auth0.md` lists what is different.
 *
 * @throws {AuthError} `option_invalid`
 */
export function Auth0Provider(props: Auth0ProviderOptions): ReactElement {
  const { clientId, domain, authorizationParams = {}, cacheLocation } = props;
  refuse(props, REFUSED);
  const arrived = useRef<Arrival>(undefined);
  const [arrival, setArrival] = useState<Arrival>();
  return (
    <AuthProvider
      issuer={domain}
      clientId={clientId}
      audience={authorizationParams.audience}
      scope={scopeOf(authorizationParams.scope)}
      redirectUri={authorizationParams.redirect_uri}
      storage={cacheLocation === "localstorage" ? "localStorage" : undefined}
      onRedirect={(returnTo, appState) => {
        replacePath(returnTo);
        arrived.current = appState as Arrival;
        setArrival(arrived.current);
      }}
    >
      <Auth0Session {...props} arrived={arrived} arrival={arrival} />
    </AuthProvider>
  );
}

/** What `signInOptions` has sent along; nothing with a sign-in that nobody asked for. */
type Arrival = { readonly appState?: AppState } | undefined;

interface SessionProps extends Auth0ProviderOptions {
  readonly arrived: { readonly current: Arrival };
  readonly arrival: Arrival;
}

function Auth0Session(props: SessionProps): ReactNode {
  const { context: Context = Auth0Context, children, arrived, arrival } = props;
  const { client } = useAuthContext();
  const auth = useAuth();
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  const functions = useMemo(
    () =>
      auth0Functions(client, () => {
        const { domain, clientId, authorizationParams: params = {} } = latest.current;
        return { domain, clientId, params, arrived: arrived.current };
      }),
    [client, arrived],
  );
  const state = useAuth0State(client, auth);
  const value = useMemo(() => ({ ...functions, ...state }), [functions, state]);

  const handled = useRef<Arrival>(undefined);
  const { isLoading, error, user } = state;
  useEffect(() => {
    if (!arrival || handled.current === arrival || isLoading) return;
    handled.current = arrival;
    // Who could not sign in stays where they are: what they wanted to see would only send them off again.
    if (error || !user) return;
    const lead = latest.current.onRedirectCallback ?? showReturnTo;
    lead(arrival.appState, user);
  }, [arrival, isLoading, error, user]);
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

function useAuth0State(client: Pick<AuthClient, "getClaims">, auth: ClientState): AuthState {
  const { status, isAuthenticated } = auth;
  // A session that has ended by and by is no failure: nobody is signed in, and a page has its button for that.
  const problem = auth.error?.code === "session_ended" ? null : auth.error;
  const error = useMemo(() => (problem ? oauthError(problem) : undefined), [problem]);
  // As text, so that the user stays the same object while a token is renewed.
  const claims = isAuthenticated ? JSON.stringify(userOf(client.getClaims("id_token") ?? {})) : undefined;
  const user = useMemo<User | undefined>(() => claims && JSON.parse(claims), [claims]);
  // A page that was loaded while the issuer is out of reach does not know yet who is signed in.
  const isLoading = status === "loading" || (status === "offline" && !isAuthenticated);
  return useMemo(
    () => ({ error, isAuthenticated, isLoading, user }),
    [error, isAuthenticated, isLoading, user],
  );
}

function showReturnTo(appState?: AppState): void {
  const returnTo = appState?.returnTo;
  if (typeof returnTo !== "string" || !URL.canParse(returnTo, location.href)) return;
  if (new URL(returnTo, location.href).origin === location.origin) {
    replacePath(safeReturnTo(pathOf(returnTo)));
  }
}
