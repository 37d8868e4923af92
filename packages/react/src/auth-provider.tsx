import { type AuthClient, type AuthClientOptions, createAuthClient, replacePath } from "@hallpass/client";
import { type ReactElement, type ReactNode, useEffect, useMemo, useRef } from "react";
import { AuthContext } from "./auth-context.ts";

interface Common {
  /** The origins that `useApi` sends the access token to, such as `https://api.example`. */
  readonly apiOrigins?: readonly string[] | undefined;
  readonly children?: ReactNode;
}

/** What `<AuthProvider>` takes: the options of the client, or a client made elsewhere. */
export type AuthProviderProps = Common &
  (
    | (AuthClientOptions & { readonly client?: undefined })
    | {
        /** A client from `createAuthClient`, for applications that need tokens outside of React too. */
        readonly client: AuthClient;
      }
  );

const NONE: readonly string[] = [];

/**
 * Signs people in for everything below it. Options may be written in place: a new client is made only when one of
 * them changes its value.
 */
export function AuthProvider(props: AuthProviderProps): ReactElement {
  const { apiOrigins = NONE, children, client: given, ...rest } = props;
  const options = rest as AuthClientOptions;
  const latest = useRef(options);

  // biome-ignore lint/correctness/useExhaustiveDependencies: options are compared by value, functions by being the latest
  const client = useMemo(
    () =>
      given ??
      createAuthClient({
        ...options,
        onRedirect: (...where) => (latest.current.onRedirect ?? replacePath)(...where),
      }),
    [given, JSON.stringify(options)],
  );
  useEffect(() => {
    latest.current = options;
  });
  useEffect(() => client.start(), [client]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the origins are compared by value
  const value = useMemo(() => ({ client, apiOrigins }), [client, apiOrigins.join()]);
  return <AuthContext.Provider value={value}>{children}</AuthContext.Provider>;
}
