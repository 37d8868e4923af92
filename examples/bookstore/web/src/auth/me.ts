import { useAuth } from "@hallpass/react";

export interface Me {
  id: string;
  name: string;
  givenName: string;
  email: string;
  picture: string | undefined;
  /** The branch the access token is for. */
  organization: string | null;
  organizations: string[];
}

/** Who is signed in, in the words this shop uses. Only below {@link RequireSignIn} or a check of `isAuthenticated`. */
export function useMe(): Me {
  const { user, getOrganization, getUserOrganizations } = useAuth();
  const email = user?.email ?? "";
  const name = [user?.givenName, user?.familyName].filter(Boolean).join(" ") || email || "You";
  const organization = getOrganization().orgCode;
  const organizations = getUserOrganizations().orgCodes;
  return {
    id: user?.id ?? "",
    name,
    givenName: user?.givenName || name,
    email,
    picture: user?.picture ?? undefined,
    organization,
    organizations:
      organization && !organizations.includes(organization)
        ? [organization, ...organizations]
        : organizations,
  };
}
