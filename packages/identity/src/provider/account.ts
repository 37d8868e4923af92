import type { Account } from "oidc-provider";
import type { Database } from "../database/index.ts";
import { findUser, organizationsOf, type User } from "../directory/index.ts";

/** Claims by the scope that asks for them, for the ID token and for userinfo. */
export const CLAIMS_BY_SCOPE = {
  openid: ["sub", "azp", "org_codes", "organizations"],
  profile: ["name", "given_name", "family_name", "picture", "updated_at"],
  email: ["email", "email_verified"],
} as const;

/** What a user says about themself, in OpenID Connect's names (Core section 5.1). */
export function profileClaims(user: User): Record<string, unknown> {
  return withoutNulls({
    name: user.name,
    given_name: user.givenName,
    family_name: user.familyName,
    picture: user.picture,
    updated_at: Math.floor(user.updatedAt / 1000),
    email: user.email,
    email_verified: user.emailVerified,
  });
}

/** A user as the provider's account; `undefined` when there is none any more. */
export async function findAccount(
  db: Database,
  sub: string,
  clientId: string | undefined,
): Promise<Account | undefined> {
  const user = await findUser(db, sub);
  if (!user) return undefined;
  return {
    accountId: user.id,
    async claims() {
      const organizations = await organizationsOf(db, user.id);
      return {
        sub: user.id,
        ...profileClaims(user),
        ...(clientId === undefined ? {} : { azp: clientId }),
        org_codes: organizations.map(({ code }) => code),
        organizations: organizations.map(({ code, name }) => ({ id: code, name })),
      };
    },
  };
}

function withoutNulls(claims: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== null));
}
