import type { AuthStatus } from "@hallpass/client";
import { useEffect, useState } from "react";
import type { KindeContextProps } from "./kinde-context.ts";

const PARAMETER = "invitation_code";

/**
 * The link of an invitation opens the application, which takes the code out of its address and to the issuer: whoever is
 * new registers there, anyone else is asked whether they want to join.
 */
export function useInvitation(status: AuthStatus, { login, register }: KindeContextProps): void {
  // Read at once: what the application does with its address comes later.
  const [invitationCode, forget] = useState(
    () => globalThis.location && new URL(location.href).searchParams.get(PARAMETER),
  );
  useEffect(() => {
    if (!invitationCode || status === "loading") return;
    forget(null);
    const here = new URL(location.href);
    here.searchParams.delete(PARAMETER);
    history.replaceState(history.state, "", here);
    const go = status === "signed-out" ? register : login;
    // Why it could not is in the context's `error`.
    go({ invitationCode }).catch(() => {});
  }, [status, invitationCode, login, register]);
}
