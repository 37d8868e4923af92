import { ClaimError } from "./claim-error.ts";
import type {
  ClaimReaders,
  Flag,
  FlagOptions,
  FlagType,
  FlagTypeName,
  FlagValueOf,
  UserDetails,
} from "./claim-readers.ts";
import type { Dialect, FlagValue } from "./dialect.ts";
import { text } from "./dialects/shapes.ts";
import { type JwtClaims, own } from "./jwt-claims.ts";

/** The claims of a person's tokens. */
export interface TokenClaims {
  /** The claims of the access token. */
  accessToken?: JwtClaims | undefined;
  /** The claims of the ID token, where there is one. */
  idToken?: JwtClaims | undefined;
}

/**
 * Makes the claims readers of one dialect. The functions are bound: they may be taken out of the object. Nothing of
 * other dialects comes with it.
 */
export function createDialectReaders(dialect: Dialect, sources: TokenClaims): ClaimReaders {
  const access: JwtClaims = sources.accessToken ?? {};

  const idToken = (wanted: string): JwtClaims => {
    if (sources.idToken !== undefined) return sources.idToken;
    throw new ClaimError(
      "id_token_unavailable",
      `${wanted} is in the ID token, and only an access token is at hand. Ask the issuer's userinfo endpoint with the ` +
        "access token, or read it where the user signed in.",
    );
  };

  const orgCode = (): string | null => dialect.organization(access) ?? null;

  const getUserOrganizations = (): { orgCodes: string[] } => ({
    orgCodes: [...dialect.organizations(idToken("The list of the user's organizations"))],
  });

  const flag = (code: string, wanted: FlagType | undefined, defaultValue: FlagValue | undefined): Flag => {
    const value = dialect.flags(access).get(code);
    if (value === undefined) {
      if (defaultValue !== undefined) {
        return { code, type: wanted ?? flagType(defaultValue), value: defaultValue, isDefault: true };
      }
      throw new ClaimError(
        "flag_missing",
        `The flag '${code}' is not in the access token. Create it at the issuer, or pass a default value.`,
      );
    }
    const type = flagType(value);
    if (wanted !== undefined && type !== wanted) {
      throw new ClaimError(
        "flag_type_wrong",
        // The one text for this, known from Kinde's SDKs.
        `Flag "${code}" is type ${type} - requested type ${wanted}`,
      );
    }
    return { code, type, value, isDefault: false };
  };

  return {
    getClaim: (name, token = "access_token") => {
      const claims = token === "id_token" ? idToken(`The claim '${name}' that was asked for`) : access;
      return { name, value: own(claims, name) ?? null };
    },
    getPermission: (key) => ({ orgCode: orgCode(), isGranted: dialect.permissions(access).includes(key) }),
    getPermissions: () => ({ orgCode: orgCode(), permissions: [...dialect.permissions(access)] }),
    getRoles: () => dialect.roles(access).map((role) => ({ ...role })),
    getOrganization: () => ({ orgCode: orgCode() }),
    getUserOrganizations,
    getOrganizations: getUserOrganizations,
    getUserDetails: () => userDetails(idToken("The user's profile")),
    getFlag: <Type extends FlagTypeName>(code: string, options: FlagOptions<Type> = {}) =>
      flag(code, flagTypeOf(options.type), options.defaultValue) as Flag<FlagValueOf<Type>>,
    getBooleanFlag: (code, defaultValue) => flag(code, "boolean", defaultValue).value as boolean,
    getStringFlag: (code, defaultValue) => flag(code, "string", defaultValue).value as string,
    getIntegerFlag: (code, defaultValue) => flag(code, "integer", defaultValue).value as number,
  };
}

function userDetails(claims: JwtClaims): UserDetails {
  const read = (name: string): string | null => text(own(claims, name)) ?? null;
  return {
    id: read("sub"),
    givenName: read("given_name"),
    familyName: read("family_name"),
    email: read("email"),
    picture: read("picture"),
  };
}

function flagType(value: FlagValue): FlagType {
  if (typeof value === "boolean") return "boolean";
  return typeof value === "string" ? "string" : "integer";
}

const flagTypes: ReadonlyMap<string, FlagType> = new Map([
  ["s", "string"],
  ["b", "boolean"],
  ["i", "integer"],
]);

function flagTypeOf(type: FlagTypeName | undefined): FlagType | undefined {
  if (type === undefined) return undefined;
  return flagTypes.get(type) ?? (type as FlagType);
}
