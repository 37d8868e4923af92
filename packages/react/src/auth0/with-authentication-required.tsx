import { type ComponentType, type Context, type FC, type ReactNode, useEffect, useRef } from "react";
import { type Auth0ContextInterface, type RedirectLoginOptions, useAuth0 } from "./auth0-context.ts";

export interface WithAuthenticationRequiredOptions {
  /** Where the person is led after signing in: a path of this origin. Default: the current address. */
  readonly returnTo?: string | (() => string) | undefined;
  /** Shown until it is known who is signed in, and on the way to the sign-in page. Default: nothing. */
  readonly onRedirecting?: (() => ReactNode) | undefined;
  /** Called before the browser leaves for the sign-in page. */
  readonly onBeforeAuthentication?: (() => Promise<void>) | undefined;
  readonly loginOptions?: RedirectLoginOptions | undefined;
  readonly context?: Context<Auth0ContextInterface> | undefined;
  /**
   * Shown after a sign-in that failed or was declined, because asking again unasked would go round in circles. Default:
   * the reason, and a button that tries again.
   */
  readonly onError?: ((error: Error, retry: () => void) => ReactNode) | undefined;
}

/** Wraps a component so that it is shown to whoever is signed in; anybody else is sent to the sign-in page. */
export function withAuthenticationRequired<Props extends object>(
  Component: ComponentType<Props>,
  options: WithAuthenticationRequiredOptions = {},
): FC<Props> {
  const { onRedirecting = () => null, onError = showError, context } = options;

  return function WithAuthenticationRequired(props: Props): ReactNode {
    const { isAuthenticated, isLoading, error, loginWithRedirect } = useAuth0(context);
    const leaving = useRef(false);
    const leave = (): void => {
      if (leaving.current) return;
      leaving.current = true;
      signIn(options, loginWithRedirect)
        .catch(() => {}) // the reason is in `error`
        .finally(() => {
          leaving.current = false;
        });
    };
    const isDue = !isLoading && !isAuthenticated && !error;
    // biome-ignore lint/correctness/useExhaustiveDependencies: leaves when it becomes due, not with every render
    useEffect(() => {
      if (isDue) leave();
    }, [isDue]);

    if (isAuthenticated) return <Component {...props} />;
    return error && !isLoading ? onError(error, leave) : onRedirecting();
  };
}

async function signIn(
  options: WithAuthenticationRequiredOptions,
  loginWithRedirect: Auth0ContextInterface["loginWithRedirect"],
): Promise<void> {
  const { onBeforeAuthentication, loginOptions, returnTo = here } = options;
  await onBeforeAuthentication?.();
  await loginWithRedirect({
    ...loginOptions,
    appState: {
      ...loginOptions?.appState,
      returnTo: typeof returnTo === "function" ? returnTo() : returnTo,
    },
  });
}

const here = (): string => location.pathname + location.search;

function showError(error: Error, retry: () => void): ReactNode {
  return (
    <div role="alert">
      <p>{error.message}</p>
      <button type="button" onClick={retry}>
        Try again
      </button>
    </div>
  );
}
