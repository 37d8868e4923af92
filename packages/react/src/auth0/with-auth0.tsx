import type { ComponentType, Context, FC } from "react";
import { type Auth0ContextInterface, useAuth0 } from "./auth0-context.ts";

/** What a component that is wrapped by {@link withAuth0} gets. */
export interface WithAuth0Props {
  readonly auth0: Auth0ContextInterface;
}

/** Gives a component, for example a class, what `useAuth0` gives, as its property `auth0`. */
export function withAuth0<Props extends WithAuth0Props>(
  Component: ComponentType<Props>,
  context?: Context<Auth0ContextInterface>,
): FC<Omit<Props, keyof WithAuth0Props>> {
  return function WithAuth0(props: Omit<Props, keyof WithAuth0Props>) {
    return <Component {...({ ...props, auth0: useAuth0(context) } as Props)} />;
  };
}
