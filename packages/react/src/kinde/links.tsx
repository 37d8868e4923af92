import type { ComponentPropsWithoutRef, MouseEvent, ReactElement } from "react";
import { type KindeContextProps, type LogoutOptions, useKindeAuth } from "./kinde-context.ts";
import { type LoginMethodParams, type SignInParameters, separate } from "./sign-in-parameters.ts";

type ButtonProps = ComponentPropsWithoutRef<"button">;

/** A button, with what a button takes and what a sign-in may ask for. */
export interface LoginLinkProps extends Omit<ButtonProps, keyof LoginMethodParams>, SignInParameters {}
export type RegisterLinkProps = LoginLinkProps;
export interface LogoutLinkProps extends ButtonProps, LogoutOptions {}
export interface PortalLinkProps extends ButtonProps {
  /** Where the account page leads back to. Default: the current address. */
  returnUrl?: string | undefined;
  subNav?: string | undefined;
}
export interface SwitchOrgLinkProps extends ButtonProps {
  orgCode: string;
}

type Act = (auth: KindeContextProps) => Promise<void>;

/** A button that leads to the issuer's sign-in page. If it cannot, `useKindeAuth().error` says why. */
export function LoginLink(props: LoginLinkProps): ReactElement {
  const [wanted, button] = separate(props);
  return <ActionButton {...button} act={(auth) => auth.login(wanted)} />;
}

/** A button that leads to the issuer's registration page. */
export function RegisterLink(props: RegisterLinkProps): ReactElement {
  const [wanted, button] = separate(props);
  return <ActionButton {...button} act={(auth) => auth.register(wanted)} />;
}

/** A button that signs out, here, in the other tabs and at the issuer. */
export function LogoutLink({ redirectUrl, allSessions, ...button }: LogoutLinkProps): ReactElement {
  return <ActionButton {...button} act={(auth) => auth.logout({ redirectUrl, allSessions })} />;
}

/** A button that leads to the issuer's page of the person's own account. */
export function PortalLink({ returnUrl, subNav, ...button }: PortalLinkProps): ReactElement {
  const act: Act = async (auth) => {
    const { url } = await auth.generatePortalUrl({ returnUrl: returnUrl ?? location.href, subNav });
    location.assign(url);
  };
  return <ActionButton {...button} act={act} />;
}

/** A button that changes to another organization of the person. */
export function SwitchOrgLink({ orgCode, ...button }: SwitchOrgLinkProps): ReactElement {
  return <ActionButton {...button} act={(auth) => auth.switchOrg(orgCode)} />;
}

function ActionButton({ act, onClick, ...button }: ButtonProps & { act: Act }): ReactElement {
  const auth = useKindeAuth();
  const click = (event: MouseEvent<HTMLButtonElement>): void => {
    onClick?.(event);
    if (!event.defaultPrevented) act(auth).catch(() => {});
  };
  return <button type="button" {...button} onClick={click} />;
}
