import type { ReactNode } from "react";
import { useAuth } from "./use-auth.ts";

/** What somebody must have to see something. All of it is required. */
export interface ProtectProps {
  readonly permissions?: readonly string[] | undefined;
  /** Keys of roles. */
  readonly roles?: readonly string[] | undefined;
  /** Boolean feature flags that must be on. */
  readonly flags?: readonly string[] | undefined;
  /** The code of the organization that must be signed in to. */
  readonly organization?: string | undefined;
  /** Shown to everybody else. */
  readonly fallback?: ReactNode;
  /** Shown while it is being found out who is signed in. */
  readonly loading?: ReactNode;
  readonly children?: ReactNode;
}

/**
 * Shows its children to whoever is signed in and has what is required. This spares people what they cannot use; it
 * keeps nothing from anybody, because all of a page is in the browser: the API must check for itself.
 */
export function Protect(props: ProtectProps): ReactNode {
  const { permissions = [], roles = [], flags = [], organization, fallback, loading, children } = props;
  const auth = useAuth();
  const isAllowed =
    auth.isAuthenticated &&
    permissions.every((key) => auth.getPermission(key).isGranted) &&
    roles.every((key) => auth.getRoles().some((role) => role.key === key)) &&
    flags.every((code) => auth.getFlag(code, { defaultValue: false }).value === true) &&
    (organization === undefined || auth.getOrganization().orgCode === organization);
  if (auth.isLoading) return loading;
  return isAllowed ? children : fallback;
}
