import { randomUUID } from "node:crypto";

/** Whose way of spelling claims the tokens follow. */
export type ClaimStyle = "kinde" | "auth0" | "oauth";

/** Feature flags by code. A number stands for Kinde's integer type. */
export type Flags = Readonly<Record<string, string | boolean | number>>;

interface CommonOverrides {
  /** `sub`. */
  subject?: string;
  /** `aud`, as given: a string stays a string, a list a list. */
  audience?: string | readonly string[];
  /** Seconds from `iat` to `exp`; may be negative. Default 3600. */
  expiresIn?: number;
  /** `iat` in seconds since 1970. Default: the issuer's clock. */
  issuedAt?: number;
  /** Merged into the JOSE header last; `undefined` removes a member. */
  header?: Readonly<Record<string, unknown>>;
  /** Merged into the claims last; `undefined` removes a claim. */
  claims?: Readonly<Record<string, unknown>>;
}

/** What an access token says; everything left out is absent or empty. */
export interface TokenOverrides extends CommonOverrides {
  permissions?: readonly string[];
  /** Default `openid profile email`. */
  scopes?: readonly string[];
  roles?: readonly string[];
  organization?: string;
  flags?: Flags;
}

/** What an ID token says about the person. */
export interface IdTokenOverrides extends CommonOverrides {
  nonce?: string;
  email?: string;
  givenName?: string;
  familyName?: string;
  picture?: string;
  /** Codes of the organizations the person belongs to. */
  organizations?: readonly string[];
}

export interface Issuance {
  readonly style: ClaimStyle;
  readonly issuer: string;
  readonly audience: string;
  readonly clientId: string;
  /** Seconds since 1970. */
  readonly now: number;
  /** What an access token says unless its own overrides say otherwise. */
  readonly usual: UsualClaims;
}

/** What every access token of an issuer says, good and bad ones, unless it is overridden. */
export type UsualClaims = Pick<
  TokenOverrides,
  "subject" | "permissions" | "scopes" | "roles" | "organization" | "flags" | "claims"
>;

export type Claims = Record<string, unknown>;

const subjects: Record<ClaimStyle, string> = { kinde: "kp_alice", auth0: "auth0|alice", oauth: "alice" };

/** Claims of an access token in the issuer's style, with RFC 9068's beside them. */
export function accessTokenClaims(issuance: Issuance, own: TokenOverrides): Claims {
  const overrides: TokenOverrides = {
    ...issuance.usual,
    ...own,
    claims: { ...issuance.usual.claims, ...own.claims },
  };
  const scopes = overrides.scopes ?? ["openid", "profile", "email"];
  return merged(
    {
      iss: issuance.issuer,
      sub: overrides.subject ?? subjects[issuance.style],
      ...times(issuance, overrides),
      jti: randomUUID(),
      client_id: issuance.clientId,
      scope: scopes.join(" "),
      ...styles[issuance.style](issuance, overrides, scopes),
    },
    overrides.claims,
  );
}

/** Claims of an ID token (OpenID Connect Core 2), with the profile claims of section 5.1. */
export function idTokenClaims(issuance: Issuance, overrides: IdTokenOverrides): Claims {
  const { style, clientId } = issuance;
  const givenName = overrides.givenName ?? "Alice";
  const familyName = overrides.familyName ?? "Reader";
  const organizations = overrides.organizations ?? [];
  const claims: Claims = {
    iss: issuance.issuer,
    sub: overrides.subject ?? subjects[style],
    aud: overrides.audience ?? (style === "kinde" ? [clientId] : clientId),
    azp: clientId,
    ...times(issuance, overrides),
    auth_time: overrides.issuedAt ?? issuance.now,
    at_hash: "MTIzNDU2Nzg5MDEyMzQ1Ng",
    name: `${givenName} ${familyName}`,
    given_name: givenName,
    family_name: familyName,
    email: overrides.email ?? "alice@bookstore.example",
    email_verified: true,
    picture: overrides.picture ?? "https://bookstore.example/alice.png",
  };
  if (overrides.nonce !== undefined) claims.nonce = overrides.nonce;
  if (style === "kinde") Object.assign(claims, { jti: randomUUID(), org_codes: [...organizations] });
  else if (organizations[0] !== undefined) claims.org_id = organizations[0];
  return merged(claims, overrides.claims);
}

type Style = (issuance: Issuance, overrides: TokenOverrides, scopes: readonly string[]) => Claims;

const styles: Record<ClaimStyle, Style> = {
  kinde: (issuance, overrides, scopes) => ({
    aud: overrides.audience ?? [issuance.audience],
    azp: issuance.clientId,
    scp: [...scopes],
    permissions: [...(overrides.permissions ?? [])],
    ...given("org_code", overrides.organization),
    ...given(
      "roles",
      overrides.roles?.map((key) => ({ id: `role_${key}`, key, name: key })),
    ),
    ...given("feature_flags", overrides.flags && kindeFlags(overrides.flags)),
  }),
  auth0: (issuance, overrides) => ({
    aud: overrides.audience ?? [issuance.audience, new URL("/userinfo", issuance.issuer).href],
    azp: issuance.clientId,
    permissions: [...(overrides.permissions ?? [])],
    ...given("org_id", overrides.organization),
    // Auth0 drops custom claims whose names are no URL.
    ...given(`${issuance.audience}/roles`, overrides.roles && [...overrides.roles]),
    ...given(`${issuance.audience}/feature_flags`, overrides.flags),
  }),
  oauth: (issuance, overrides) => ({
    aud: overrides.audience ?? issuance.audience,
    ...given("permissions", overrides.permissions && [...overrides.permissions]),
    ...given("roles", overrides.roles && [...overrides.roles]),
    ...given("org_id", overrides.organization),
    ...given("feature_flags", overrides.flags),
  }),
};

function kindeFlags(flags: Flags): Claims {
  const letters = { string: "s", boolean: "b", number: "i" } as const;
  return Object.fromEntries(
    Object.entries(flags).map(([code, v]) => [code, { t: letters[typeof v as keyof typeof letters], v }]),
  );
}

function times(issuance: Issuance, overrides: CommonOverrides): Claims {
  const iat = overrides.issuedAt ?? issuance.now;
  return { iat, exp: iat + (overrides.expiresIn ?? 3600) };
}

function given(name: string, value: unknown): Claims {
  return value === undefined ? {} : { [name]: value };
}

/** `overrides` over `base`, where `undefined` removes. */
export function merged(base: Claims, overrides: Readonly<Claims> | undefined): Claims {
  const all = Object.entries({ ...base, ...overrides });
  return Object.fromEntries(all.filter(([, value]) => value !== undefined));
}
