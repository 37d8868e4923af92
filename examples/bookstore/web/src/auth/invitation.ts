import { useAuth } from "@hallpass/react";
import { useEffect, useState } from "react";

/**
 * The link of an invitation opens the shop, which takes the code out of its address and to the identity server: whoever
 * is new registers there, anyone else is asked whether they want to join.
 */
export function useInvitation(): void {
  const { status, login, register } = useAuth();
  // Read at once: the start page leads whoever is signed in to the shelf, and its address is gone then.
  const [invitationCode, forget] = useState(() => new URL(location.href).searchParams.get("invitation_code"));
  useEffect(() => {
    if (status === "loading" || !invitationCode) return;
    forget(null);
    const here = new URL(location.href);
    here.searchParams.delete("invitation_code");
    history.replaceState(history.state, "", here);
    const go = status === "signed-out" ? register : login;
    go({ invitationCode, isInvitation: true, returnTo: "/books" }).catch(() => {}); // the notice on the page says why
  }, [status, login, register, invitationCode]);
}
