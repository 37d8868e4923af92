import type { Dialect } from "../dialect.ts";
import { type JwtClaims, own } from "../jwt-claims.ts";
import { oauth } from "./oauth.ts";
import { isRecord, listOf, strings, text } from "./shapes.ts";

/**
 * Clerk's session tokens. Version 1 writes `org_id`, `org_role` and `org_permissions`; version 2 packs them into `o`,
 * where `fpm` has a number for each of the organization's features in `fea`, whose bits choose from the names in `per`.
 */
export const clerk: Dialect = {
  ...oauth,
  name: "clerk",
  permissions: (claims) => {
    const packed = organizationOf(claims);
    return packed === undefined ? strings(own(claims, "org_permissions")) : unpack(claims, packed);
  },
  roles: (claims) => {
    const packed = organizationOf(claims);
    const role =
      packed === undefined ? text(own(claims, "org_role")) : prefixed("org:", text(own(packed, "rol")));
    return listOf(role).map((key) => ({ key }));
  },
  organization: organizationId,
  organizations: (claims) => listOf(organizationId(claims)),
};

function organizationOf(claims: JwtClaims): Record<string, unknown> | undefined {
  const o = own(claims, "o");
  return isRecord(o) ? o : undefined;
}

function organizationId(claims: JwtClaims): string | undefined {
  const packed = organizationOf(claims);
  return text(packed === undefined ? own(claims, "org_id") : own(packed, "id"));
}

function unpack(claims: JwtClaims, organization: Record<string, unknown>): string[] {
  const names = commaList(own(organization, "per"));
  const bits = commaList(own(organization, "fpm")).map(Number);
  // A feature is written `o:name`, `u:name` or `uo:name`: of the organization, the user or both.
  const features = commaList(own(claims, "fea"))
    .map((feature) => feature.split(":"))
    .filter(([scope = ""]) => scope.includes("o"));
  return features.flatMap(([, feature], at) =>
    names.filter((_, bit) => ((bits[at] ?? 0) & (1 << bit)) !== 0).map((name) => `org:${feature}:${name}`),
  );
}

function commaList(value: unknown): string[] {
  return typeof value === "string" && value !== "" ? value.split(",") : [];
}

function prefixed(prefix: string, name: string | undefined): string | undefined {
  return name === undefined ? undefined : prefix + name;
}
