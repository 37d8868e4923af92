import type { Examination } from "./checks/check.ts";
import type {
  ClaimReaders,
  Flag,
  FlagOptions,
  FlagTypeName,
  FlagValueOf,
  TokenName,
  UserDetails,
} from "./claims/claim-readers.ts";
import type { Dialect, Role } from "./claims/dialect.ts";
import { createDialectReaders } from "./claims/dialect-readers.ts";
import { dialectFor, dialects } from "./claims/dialects/index.ts";
import { type JwtClaims, own } from "./claims/jwt-claims.ts";
import type { CompactJws } from "./compact-jws.ts";
import { freezeDeeply } from "./freeze.ts";
import type { IssuerSettings } from "./issuer-settings.ts";
import type { Confirmation, JwsHeader, VerifiedToken } from "./verified-token.ts";

/** What an examination that has passed all checks gives its user. Made once, and only then. */
export function tokenOf(examination: Examination): VerifiedToken<JwtClaims> {
  const { header, payload } = examination.jws as CompactJws;
  examination.token ??= new VerifiedJwt(
    freezeDeeply(header),
    freezeDeeply(payload as JwtClaims),
    freezeDeeply(examination.claims as JwtClaims),
    dialectOf(examination.issuer as IssuerSettings),
  );
  return examination.token;
}

/**
 * The application that a token was given to (RFC 9068 section 2.2; `azp` in OpenID Connect Core section 2). Some issuers
 * have it elsewhere.
 */
export function clientOf({ issuer, jws }: Examination): unknown {
  const { payload } = jws as CompactJws;
  return clientIn(payload, dialectOf(issuer as IssuerSettings));
}

function clientIn(payload: JwtClaims, dialect: Dialect): unknown {
  return own(payload, "client_id") ?? own(payload, "azp") ?? dialect.client?.(payload);
}

/** The dialect that was configured, or else the one that the issuer's address tells. */
function dialectOf(issuer: IssuerSettings): Dialect {
  const { base, dialect } = issuer;
  if (typeof dialect === "object") return dialect;
  const told = dialects.get(dialect ?? "") ?? dialectFor(base);
  issuer.dialect = told;
  return told;
}

/**
 * Methods on the prototype and readers made on demand keep a token cheap; most are asked for one permission. Fields are only declared, or
 * else each would be written twice.
 */
class VerifiedJwt implements VerifiedToken<JwtClaims> {
  declare readonly claims: JwtClaims;
  declare readonly header: JwsHeader;
  declare readonly issuer: string;
  declare readonly subject?: string;
  declare readonly audience: readonly string[];
  declare readonly clientId?: string;
  declare readonly expiresAt: number;
  declare readonly permissions: readonly string[];
  declare readonly scopes: readonly string[];
  declare readonly roles: readonly string[];
  declare readonly organization?: string;
  declare readonly confirmation?: Confirmation;
  readonly #payload: JwtClaims;
  readonly #dialect: Dialect;
  #readers: ClaimReaders | undefined;

  /** `claims` may be what a schema made of `payload`, with claims left out; everything else is read from `payload`. */
  constructor(header: JwsHeader, payload: JwtClaims, claims: JwtClaims, dialect: Dialect) {
    this.claims = claims;
    this.header = header;
    this.issuer = payload.iss as string;
    this.subject = own(payload, "sub") as string | undefined;
    this.audience = frozen(listOf(own(payload, "aud")));
    this.clientId = clientIn(payload, dialect) as string | undefined;
    this.expiresAt = payload.exp as number;
    this.permissions = frozen(dialect.permissions(payload));
    this.scopes = frozen(dialect.scopes(payload));
    this.roles = Object.freeze(dialect.roles(payload).map((role) => role.key));
    this.organization = dialect.organization(payload);
    this.confirmation = own(payload, "cnf") as Confirmation | undefined;
    this.#payload = payload;
    this.#dialect = dialect;
    Object.freeze(this);
  }

  get #read(): ClaimReaders {
    this.#readers ??= createDialectReaders(this.#dialect, { accessToken: this.#payload });
    return this.#readers;
  }

  getClaim(name: string, token?: TokenName): { name: string; value: unknown } {
    return this.#read.getClaim(name, token);
  }

  getPermission(key: string): { orgCode: string | null; isGranted: boolean } {
    return this.#read.getPermission(key);
  }

  getPermissions(): { orgCode: string | null; permissions: string[] } {
    return this.#read.getPermissions();
  }

  getRoles(): Role[] {
    return this.#read.getRoles();
  }

  getOrganization(): { orgCode: string | null } {
    return this.#read.getOrganization();
  }

  getUserOrganizations(): { orgCodes: string[] } {
    return this.#read.getUserOrganizations();
  }

  getOrganizations(): { orgCodes: string[] } {
    return this.#read.getOrganizations();
  }

  getUserDetails(): UserDetails {
    return this.#read.getUserDetails();
  }

  getFlag<Type extends FlagTypeName = FlagTypeName>(
    code: string,
    options?: FlagOptions<Type>,
  ): Flag<FlagValueOf<Type>> {
    return this.#read.getFlag(code, options);
  }

  getBooleanFlag(code: string, defaultValue?: boolean): boolean {
    return this.#read.getBooleanFlag(code, defaultValue);
  }

  getStringFlag(code: string, defaultValue?: string): string {
    return this.#read.getStringFlag(code, defaultValue);
  }

  getIntegerFlag(code: string, defaultValue?: number): number {
    return this.#read.getIntegerFlag(code, defaultValue);
  }
}

/** A list that is part of the payload is frozen with it and serves as it is; any other may be its maker's own, so it is copied. */
function frozen(list: readonly string[]): readonly string[] {
  return Object.isFrozen(list) ? list : Object.freeze([...list]);
}

function listOf(aud: unknown): readonly string[] {
  if (typeof aud === "string") return [aud];
  if (!Array.isArray(aud)) return [];
  return aud.every(isString) ? aud : aud.filter(isString);
}

function isString(name: unknown): name is string {
  return typeof name === "string";
}
