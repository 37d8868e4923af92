import type { AuthClient } from "@hallpass/client";
import { refuse } from "../sdk-options.ts";
import type { PermissionAccess, Role } from "./kinde-context.ts";

/** The roles in the access token. What an issuer leaves out of a role is its key. */
export function rolesOf(client: Pick<AuthClient, "getRoles">): Role[] {
  return client.getRoles().map(({ key, id = key, name = key }) => ({ id, name, key }));
}

type Condition<Item> = (item: Item) => boolean | Promise<boolean>;

/** What somebody must have: all of it. */
export interface HasParams {
  /** Keys of roles. */
  roles?: readonly (string | { role: string; condition: Condition<Role> })[] | undefined;
  permissions?:
    | readonly (string | { permission: string; condition: Condition<Omit<PermissionAccess, "isGranted">> })[]
    | undefined;
  /** Flags that must be there and not be off; if a value is given, they must have it. */
  featureFlags?: readonly (string | { flag: string; value: boolean | string | number })[] | undefined;
  /** Refused: entitlements are not in tokens. */
  billingEntitlements?: undefined;
  /** Renews the token before it is read. */
  forceApi?: boolean | { roles?: boolean; permissions?: boolean; featureFlags?: boolean } | undefined;
}

/** @throws {AuthError} `option_invalid` for what cannot be found out from a token */
export function checkConditions(conditions: HasParams): void {
  refuse(conditions, { billingEntitlements: "tokens do not carry entitlements; ask your API" });
}

/**
 * Whether the person who is signed in has all that is listed. Nobody has anything while nobody is signed in; whatever
 * goes wrong goes wrong with a rejection, never with a yes.
 */
export async function hasAccess(client: AuthClient, conditions: HasParams): Promise<boolean> {
  checkConditions(conditions);
  const { roles = [], permissions = [], featureFlags = [], forceApi } = conditions;
  if (forceApi && (forceApi === true || Object.values(forceApi).some(Boolean))) {
    await client.getToken({ forceRefresh: true });
  }
  if (!client.getState().isAuthenticated) return false;
  const held = rolesOf(client);
  const verdicts = [
    ...roles.map((wanted) => {
      const [key, condition] = typeof wanted === "string" ? [wanted] : [wanted.role, wanted.condition];
      const role = held.find((one) => one.key === key);
      return !!role && (!condition || condition(role));
    }),
    ...permissions.map((wanted) => {
      const [key, condition] = typeof wanted === "string" ? [wanted] : [wanted.permission, wanted.condition];
      const { orgCode, isGranted } = client.getPermission(key);
      return isGranted && (!condition || condition({ permissionKey: key, orgCode }));
    }),
    ...featureFlags.map((wanted) => {
      const [code, value] = typeof wanted === "string" ? [wanted] : [wanted.flag, wanted.value];
      const flag = client.getFlag(code, { defaultValue: false });
      return !flag.isDefault && (value === undefined ? flag.value !== false : flag.value === value);
    }),
  ];
  return (await Promise.all(verdicts)).every((verdict) => verdict === true);
}
