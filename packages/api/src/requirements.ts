import type { FlagValue, JwtClaims, VerifiedToken } from "@hallpass/tokens";

/** What an endpoint asks of a token, besides that it is good. All of it must hold. */
export interface Requirements<Claims extends object = JwtClaims> {
  /** Permissions that the token must have, all of them. */
  readonly permissions?: readonly string[];
  /** OAuth scopes that the token must have, all of them. */
  readonly scopes?: readonly string[];
  /** Keys of roles that the token must have, all of them. */
  readonly roles?: readonly string[];
  /** `true`: the token must be for an organization; a code: for that one. */
  readonly organization?: true | string;
  /** Feature flags: a list of those that must be `true`, or the value that each must have. */
  readonly flags?: readonly string[] | Readonly<Record<string, FlagValue>>;
  /** A condition of your own. Only `true`, or a promise of it, lets the request in. */
  readonly where?: (token: VerifiedToken<Claims>) => boolean | Promise<boolean>;
  /** Alternatives: at least one of them must hold, besides everything else. */
  readonly anyOf?: readonly Requirements<Claims>[];
}

/** What `guard()` takes. */
export interface GuardRequirements<Claims extends object = JwtClaims> extends Requirements<Claims> {
  /** Lets requests without a token in as anonymous. A token that was sent must still be good, and meet the rest. */
  readonly optional?: boolean;
}

/** Makes every member that is no requirement an error, so that a misspelt one is noticed. */
export type OnlyRequirements<R> = { readonly [Name in Exclude<keyof R, keyof GuardRequirements>]: never };

type InOrganization = { readonly organization: true | string };

/** The token behind a guard: what its requirements promise is no longer optional. */
export type GuardedToken<Claims extends object, R> = R extends InOrganization
  ? VerifiedToken<Claims> & { readonly organization: string }
  : R extends { readonly anyOf: readonly (infer Alternative)[] }
    ? [Alternative] extends [InOrganization]
      ? VerifiedToken<Claims> & { readonly organization: string }
      : VerifiedToken<Claims>
    : VerifiedToken<Claims>;

/** What `req.auth` is behind a guard: with `optional` it may be absent. */
export type AuthBehind<Claims extends object, R> = R extends { readonly optional: false }
  ? GuardedToken<Claims, R>
  : R extends { readonly optional: boolean }
    ? GuardedToken<Claims, R> | undefined
    : GuardedToken<Claims, R>;

const names = ["permissions", "scopes", "roles", "organization", "flags", "where", "anyOf"] as const;

/**
 * Refuses requirements that cannot be meant, when the guard is made: a misspelt or empty one would otherwise let
 * everybody in.
 *
 * @throws {TypeError} which names the requirement
 */
export function checkRequirements(
  requirements: unknown,
  path = "guard",
): asserts requirements is Requirements {
  checkIsObject(requirements, path);
  for (const [name, value] of Object.entries(requirements)) {
    const where = `${path}: ${name}`;
    if (!(names as readonly string[]).includes(name)) {
      throw new TypeError(`${where} is not a requirement. Known ones: ${names.join(", ")}, optional`);
    }
    if (value === undefined) throw new TypeError(`${where} is undefined. Leave it out to require nothing`);
    if (name === "permissions" || name === "scopes" || name === "roles") checkNames(where, name, value);
    else if (name === "organization") checkOrganization(where, value);
    else if (name === "flags") checkFlags(where, value);
    else if (name === "where") checkWhere(where, value);
    else checkAlternatives(where, value);
  }
}

/** @throws {TypeError} */
export function checkIsObject(requirements: unknown, path = "guard"): asserts requirements is object {
  if (typeof requirements !== "object" || requirements === null || Array.isArray(requirements)) {
    throw new TypeError(`${path}: expected an object such as { permissions: ["create:books"] }`);
  }
}

function checkNames(where: string, name: string, value: unknown): void {
  if (!Array.isArray(value) || value.length === 0 || !value.every(isText)) {
    throw new TypeError(`${where} must be a list of at least one name, such as ["create:books"]`);
  }
  // A scope with a space in it would read as two in the challenge (RFC 6749 section 3.3).
  const odd = name === "scopes" && value.find((scope) => !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope));
  if (odd) throw new TypeError(`${where}: '${odd}' is not one scope. Write each as an item of the list`);
}

function checkOrganization(where: string, value: unknown): void {
  if (value !== true && !isText(value)) {
    throw new TypeError(`${where} must be true (any organization) or an organization's code`);
  }
}

function checkFlags(where: string, value: unknown): void {
  if (Array.isArray(value)) {
    if (value.length > 0 && value.every(isText)) return;
  } else if (typeof value === "object" && value !== null) {
    const values = Object.values(value);
    if (values.length > 0 && values.every((v) => ["string", "boolean", "number"].includes(typeof v))) return;
  }
  throw new TypeError(`${where} must be a list such as ["beta"] or values such as { theme: "dark" }`);
}

function checkWhere(where: string, value: unknown): void {
  if (typeof value !== "function") throw new TypeError(`${where} must be a function of the token`);
}

function checkAlternatives(where: string, value: unknown): void {
  if (!Array.isArray(value) || value.length === 0) {
    throw new TypeError(`${where} must be a list of at least one alternative`);
  }
  value.forEach((alternative, index) => {
    checkRequirements(alternative, `${where}[${index}]`);
    if (Object.keys(alternative).length === 0) {
      throw new TypeError(`${where}[${index}] requires nothing, so that the others would not count`);
    }
  });
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
