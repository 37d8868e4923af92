import { useAuth } from "@hallpass/react";

/** Gives a function that changes to another branch and comes back to the page one is on. */
export function useSwitchBranch(): (orgCode: string) => void {
  const { switchOrg } = useAuth();
  return (orgCode) => {
    switchOrg(orgCode).catch(() => {}); // what went wrong is in useAuth().error, which the notice on the page shows
  };
}
