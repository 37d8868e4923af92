import type { ReactNode } from "react";
import { useAuth } from "./use-auth.ts";

interface WithChildren {
  readonly children?: ReactNode;
}

/** Shows its children while somebody is signed in, also when the issuer is out of reach. */
export function SignedIn({ children }: WithChildren): ReactNode {
  return useAuth().isAuthenticated ? children : null;
}

/** Shows its children while it is known that nobody is signed in; not while that is still being found out. */
export function SignedOut({ children }: WithChildren): ReactNode {
  return useAuth().status === "signed-out" ? children : null;
}
