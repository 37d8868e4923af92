import type { Dialect } from "../dialect.ts";
import { auth0 } from "./auth0.ts";
import { kinde } from "./kinde.ts";

/**
 * For an issuer whose address says nothing (a custom domain, localhost): Kinde's names, which include those of plain
 * OAuth, and Auth0's where they differ. No name means two things, so nothing is guessed.
 */
export const unrecognised: Dialect = {
  name: "unrecognised",
  permissions: kinde.permissions,
  roles: (claims) => firstFilled(kinde.roles(claims), () => auth0.roles(claims)),
  scopes: kinde.scopes,
  organization: (claims) => kinde.organization(claims) ?? auth0.organization(claims),
  organizations: (claims) => firstFilled(kinde.organizations(claims), () => auth0.organizations(claims)),
  flags: (claims) => {
    const flags = kinde.flags(claims);
    return flags.size > 0 ? flags : auth0.flags(claims);
  },
};

function firstFilled<T>(list: readonly T[], otherwise: () => readonly T[]): readonly T[] {
  return list.length > 0 ? list : otherwise();
}
