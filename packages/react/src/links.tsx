import type { SignInOptions, SignOutOptions } from "@hallpass/client";
import type { ComponentPropsWithoutRef, ReactElement } from "react";
import { useAuth } from "./use-auth.ts";

type ButtonProps = ComponentPropsWithoutRef<"button">;

/** A button, with what a button takes, and the options of what it does. */
export interface SignInLinkProps extends ButtonProps {
  readonly options?: SignInOptions | undefined;
}

/** A button, with what a button takes, and the options of signing out. */
export interface SignOutLinkProps extends ButtonProps {
  readonly options?: SignOutOptions | undefined;
}

/** A button that leads to the issuer's sign-in page. If it cannot, `useAuth().error` says why. */
export function LoginLink(props: SignInLinkProps): ReactElement {
  return <ActionButton action="login" {...props} />;
}

/** A button that leads to the issuer's registration page. If it cannot, `useAuth().error` says why. */
export function RegisterLink(props: SignInLinkProps): ReactElement {
  return <ActionButton action="register" {...props} />;
}

/** A button that signs out, here, in the other tabs and at the issuer. */
export function LogoutLink(props: SignOutLinkProps): ReactElement {
  return <ActionButton action="logout" {...props} />;
}

type ActionButtonProps = ButtonProps & {
  options?: (SignInOptions & SignOutOptions) | undefined;
  action: "login" | "register" | "logout";
};

function ActionButton({ action, options, onClick, ...button }: ActionButtonProps): ReactElement {
  const auth = useAuth();
  return (
    <button
      type="button"
      {...button}
      onClick={(event) => {
        onClick?.(event);
        if (!event.defaultPrevented) auth[action](options).catch(() => {});
      }}
    />
  );
}
