import type { FlagValue, Role } from "./dialect.ts";

/** Which of the two tokens a claim is read from. */
export type TokenName = "access_token" | "id_token";

/** The type of a feature flag, as results spell it. */
export type FlagType = "string" | "boolean" | "integer";

/** The type of a flag as it may be asked for: in full or as its first letter. */
export type FlagTypeName = FlagType | "s" | "b" | "i";

/** The values that a flag of a type has. */
export type FlagValueOf<Type extends FlagTypeName> = Type extends "string" | "s"
  ? string
  : Type extends "boolean" | "b"
    ? boolean
    : number;

/** A feature flag as read. */
export interface Flag<Value extends FlagValue = FlagValue> {
  readonly code: string;
  readonly type: FlagType;
  readonly value: Value;
  /** Whether the flag was absent and `value` is the default that was passed. */
  readonly isDefault: boolean;
}

/** How a flag is asked for. */
export interface FlagOptions<Type extends FlagTypeName = FlagTypeName> {
  /** What counts when the flag is absent. */
  readonly defaultValue?: FlagValueOf<Type> | undefined;
  /** The type that the flag must have. */
  readonly type?: Type | undefined;
}

/** The user's profile, from the ID token. `null` where the issuer did not say. */
export interface UserDetails {
  readonly id: string | null;
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly email: string | null;
  readonly picture: string | null;
}

/**
 * Reads claims by the names that people know from Kinde's SDKs. All functions are synchronous. Claims that are
 * absent give empty lists, `null` or `isGranted: false`; they never throw a TypeError.
 */
export interface ClaimReaders {
  /** Any claim of the access token, or of the ID token; `value` is `null` when it is absent. */
  getClaim(name: string, token?: TokenName): { name: string; value: unknown };
  /** Whether the user has a permission, and in which organization. */
  getPermission(key: string): { orgCode: string | null; isGranted: boolean };
  getPermissions(): { orgCode: string | null; permissions: string[] };
  getRoles(): Role[];
  /** The organization that the access token is for. */
  getOrganization(): { orgCode: string | null };
  /** All organizations of the user, from the ID token. @throws {ClaimError} `id_token_unavailable` */
  getUserOrganizations(): { orgCodes: string[] };
  /** The same as {@link ClaimReaders.getUserOrganizations}. */
  getOrganizations(): { orgCodes: string[] };
  /** The user's profile, from the ID token. @throws {ClaimError} `id_token_unavailable` */
  getUserDetails(): UserDetails;
  /**
   * A feature flag. A default that is passed counts, also `false`, `0` and `""`; it must be of the type asked for, and
   * the result then has that type, or else the default's own.
   *
   * @throws {ClaimError} `flag_missing` when it is absent and no `defaultValue` was given; `flag_type_wrong` when it
   * is not of the `type` asked for.
   */
  getFlag<Type extends FlagTypeName = FlagTypeName>(
    code: string,
    options?: FlagOptions<Type>,
  ): Flag<FlagValueOf<Type>>;
  getBooleanFlag(code: string, defaultValue?: boolean): boolean;
  getStringFlag(code: string, defaultValue?: string): string;
  getIntegerFlag(code: string, defaultValue?: number): number;
}
