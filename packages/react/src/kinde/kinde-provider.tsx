import { type AuthState, replacePath } from "@hallpass/client";
import { type ReactElement, type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { useAuthContext } from "../auth-context.ts";
import { AuthProvider } from "../auth-provider.tsx";
import { refuse } from "../sdk-options.ts";
import { useAuth } from "../use-auth.ts";
import { type ActivityTimeoutConfig, useActivityTimeout } from "./activity-timeout.ts";
import { type Arrival, arrivalOf, type KindeCallbacks, useKindeCallbacks } from "./callbacks.ts";
import { useInvitation } from "./invitation.ts";
import { KindeContext, type KindeContextProps } from "./kinde-context.ts";
import { kindeFunctions, profileOf } from "./kinde-functions.ts";

export interface KindeProviderProps {
  readonly clientId: string;
  /** The issuer's address; without a scheme, https is meant. */
  readonly domain: string;
  /** Where the issuer sends the browser back to, and where it then is. Default: the page's origin. */
  readonly redirectUri?: string | undefined;
  /** Several are separated by spaces. */
  readonly audience?: string | undefined;
  /** Default `openid profile email offline`. */
  readonly scope?: string | undefined;
  readonly logoutUri?: string | undefined;
  /** Puts the refresh token into localStorage, where every script of this origin can take it. */
  readonly useInsecureForRefreshToken?: boolean | undefined;
  readonly callbacks?: KindeCallbacks | undefined;
  /** Shows the children also while it is not known yet who is signed in. */
  readonly forceChildrenRender?: boolean | undefined;
  readonly activityTimeout?: ActivityTimeoutConfig | undefined;
  /** Renews the token whenever the page is looked at again, and not only when that is due. */
  readonly refreshOnFocus?: boolean | undefined;
  /** Means nothing: sign-in never opens a window. */
  readonly popupOptions?: { width?: number; height?: number; left?: number; top?: number } | undefined;
  /** Refused: tokens are kept in memory. */
  readonly store?: undefined;
  readonly children?: ReactNode;
}

/**
 * Signs people in for everything below it, by the names of Kinde's SDK. `docs/from-kinde.md` lists what is different.
 *
 * @throws {AuthError} `option_invalid`
 */
export function KindeProvider(props: KindeProviderProps): ReactElement {
  const { clientId, domain, audience, scope, logoutUri, useInsecureForRefreshToken = false } = props;
  refuse(props, {
    store: "tokens are kept in memory; useInsecureForRefreshToken puts the refresh token into localStorage",
  });
  const [arrival, setArrival] = useState<Arrival>();
  // Kinde's SDK asks without a final slash, and that is what is registered.
  const redirectUri = props.redirectUri?.replace(/\/$/, "");
  return (
    <AuthProvider
      issuer={domain}
      clientId={clientId}
      audience={audience}
      scope={scope}
      redirectUri={redirectUri}
      postLogoutRedirectUri={logoutUri}
      storage={useInsecureForRefreshToken ? "localStorage" : undefined}
      onRedirect={(returnTo, appState) => {
        replacePath(returnTo);
        setArrival(arrivalOf(appState));
      }}
    >
      <KindeSession {...props} redirectUri={redirectUri} arrival={arrival} />
    </AuthProvider>
  );
}

type SessionProps = KindeProviderProps & { readonly arrival: Arrival | undefined };

function KindeSession(props: SessionProps): ReactNode {
  const { arrival, callbacks, children, forceChildrenRender = false } = props;
  const { client } = useAuthContext();
  const auth = useAuth();
  const latest = useRef({ props, context: undefined as KindeContextProps | undefined });

  const functions = useMemo(
    () =>
      kindeFunctions(client, () => {
        const { clientId, domain, audience, scope, logoutUri, redirectUri } = latest.current.props;
        return {
          clientId,
          domain,
          logoutUri,
          signIn: { audience, scope, redirectUri: redirectUri ?? location.origin },
          onLogout() {
            const { context, props } = latest.current;
            if (context) props.callbacks?.onEvent?.("logout", {}, context);
          },
        };
      }),
    [client],
  );
  const context = useMemo(() => ({ ...functions, ...kindeState(auth) }), [functions, auth]);
  useEffect(() => {
    latest.current = { props, context };
  });

  useKindeCallbacks({ client, auth, context, arrival, callbacks });
  useInvitation(auth.status, context);
  useRefreshOnFocus(props.refreshOnFocus && auth.isAuthenticated, context);
  useActivityTimeout(
    props.activityTimeout,
    `hallpass:active:${props.clientId}@${props.domain}`,
    auth.status === "loading" ? undefined : auth.isAuthenticated || auth.status === "offline",
    () => void context.logout().catch(() => {}),
  );

  // Once is enough: who is on the way to the issuer keeps the page that they are leaving.
  const [begun, setBegun] = useState(false);
  if (!begun && !auth.isLoading) setBegun(true);
  return (
    <KindeContext.Provider value={context}>
      {(begun || forceChildrenRender) && children}
    </KindeContext.Provider>
  );
}

function kindeState({ status, user, error, isAuthenticated }: AuthState) {
  return {
    user: profileOf(user),
    isAuthenticated,
    // A page that was loaded while the issuer is out of reach does not know yet who is signed in.
    isLoading: status === "loading" || (status === "offline" && !isAuthenticated),
    error: error?.message,
  };
}

function useRefreshOnFocus(on: boolean | undefined, { refreshToken }: KindeContextProps): void {
  useEffect(() => {
    if (!on) return;
    const renew = (): void => {
      if (document.visibilityState === "visible") void refreshToken();
    };
    document.addEventListener("visibilitychange", renew);
    return () => document.removeEventListener("visibilitychange", renew);
  }, [on, refreshToken]);
}
