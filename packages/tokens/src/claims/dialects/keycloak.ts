import type { Dialect, Role } from "../dialect.ts";
import { type JwtClaims, own } from "../jwt-claims.ts";
import { oauth } from "./oauth.ts";
import { isRecord, only, strings } from "./shapes.ts";

/**
 * Keycloak: the realm's roles in `realm_access`, a client's in `resource_access` (their keys are `client:role`),
 * `organization` (a list of aliases, or an object by alias), and as permissions what its authorization services grant:
 * `resource:scope`, or the resource alone.
 */
export const keycloak: Dialect = {
  ...oauth,
  name: "keycloak",
  permissions: (claims) => [...strings(own(claims, "permissions")), ...granted(claims)],
  roles: (claims) => [...oauth.roles(claims), ...realmRoles(claims), ...clientRoles(claims)],
  organization: (claims) => only(organizations(claims)),
  organizations,
};

function realmRoles(claims: JwtClaims): Role[] {
  return rolesIn(own(claims, "realm_access")).map((key) => ({ key }));
}

function clientRoles(claims: JwtClaims): Role[] {
  const access = own(claims, "resource_access");
  if (!isRecord(access)) return [];
  return Object.entries(access).flatMap(([client, entry]) =>
    rolesIn(entry).map((role) => ({ key: `${client}:${role}` })),
  );
}

function rolesIn(access: unknown): readonly string[] {
  return isRecord(access) ? strings(own(access, "roles")) : [];
}

function organizations(claims: JwtClaims): readonly string[] {
  const organization = own(claims, "organization");
  return isRecord(organization) ? Object.keys(organization) : strings(organization);
}

function granted(claims: JwtClaims): string[] {
  const authorization = own(claims, "authorization");
  const list = isRecord(authorization) ? own(authorization, "permissions") : undefined;
  if (!Array.isArray(list)) return [];
  return list.flatMap((permission: unknown) => {
    if (!isRecord(permission) || typeof permission.rsname !== "string") return [];
    const { rsname } = permission;
    const scopes = strings(permission.scopes);
    return scopes.length === 0 ? [rsname] : scopes.map((scope) => `${rsname}:${scope}`);
  });
}
