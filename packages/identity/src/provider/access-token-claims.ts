import { accessOf } from "../access/index.ts";
import type { Database } from "../database/index.ts";
import type { Face } from "../faces/index.ts";
import type { TokenTarget } from "./token-target.ts";

export interface AccessTokenInput {
  userId: string;
  clientId: string;
  target: TokenTarget;
  /** Separated by spaces. */
  scope: string;
}

/**
 * What an access token says beyond RFC 9068's claims, in Kinde's names and in those of the face. All of them are
 * always there, empty where there is nothing, so that no reader meets a missing one.
 *
 * @returns `undefined` when the user is not (or no longer) a member of the organization that was asked for.
 */
export async function accessTokenClaims(
  db: Database,
  face: Face,
  { userId, clientId, target, scope }: AccessTokenInput,
): Promise<Record<string, unknown> | undefined> {
  const access = await accessOf(db, { userId, organizationCode: target.organization ?? null });
  if (target.organization && access.organization?.code !== target.organization) return undefined;
  const claims = {
    aud: [...target.audience],
    azp: clientId,
    scp: scope.split(" ").filter((value) => value !== ""),
    ...(access.organization
      ? { org_code: access.organization.code, org_name: access.organization.name }
      : {}),
    permissions: access.permissions,
    roles: access.roles,
    feature_flags: access.flags,
  };
  const organization = access.organization?.code;
  return await face.accessTokenClaims(claims, { db, clientId, userId, organization });
}
