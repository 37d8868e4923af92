import type { JwtClaims } from "../claims/jwt-claims.ts";
import type { CompactJws } from "../compact-jws.ts";
import type { IssuerSettings } from "../issuer-settings.ts";
import type { PublicKey } from "../key-table.ts";
import type { KnownHeaders } from "../known-headers.ts";
import { refusal } from "../refusal.ts";
import type { Settings } from "../settings.ts";
import type { TokenError } from "../token-error.ts";
import type { VerifiedToken } from "../verified-token.ts";

/** One token on its way through the checks. Each check reads what those before it have found out. */
export interface Examination {
  readonly jwt: unknown;
  readonly settings: Settings;
  /** Headers that were read before. */
  readonly knownHeaders?: KnownHeaders | undefined;
  /** Set by `form`. */
  jws?: CompactJws | undefined;
  /** Set by `issuer`: the configured issuer that the token is held against. */
  issuer?: IssuerSettings | undefined;
  /** Set by `issuer` when discovery has not yet said how the issuer is written; `key` then compares again. */
  issuerPending?: boolean | undefined;
  /** Set by `key`: the keys to try. */
  candidates?: readonly PublicKey[] | undefined;
  /** Set by `signature`: the key that made it. */
  key?: PublicKey | undefined;
  /** Set by `claims`: the payload, or what the schema made of it. */
  claims?: object | undefined;
  /** What the token's user gets; made by `acceptedToken`. */
  token?: VerifiedToken<JwtClaims> | undefined;
}

/** What a check says: nothing when the token passes, else why not. */
export type Outcome = TokenError | undefined;

/** The names of the checks, as an explanation shows them. */
export type CheckName =
  | "form"
  | "critical headers"
  | "algorithm"
  | "type"
  | "issuer"
  | "audience"
  | "client"
  | "expiry"
  | "start"
  | "age"
  | "key"
  | "signature"
  | "claims"
  | "rule";

/**
 * One check: decides, and on a refusal notes what it knows; sentences are made elsewhere. `now` is in milliseconds, so
 * that a check can be run again later on the same examination. A check that is switched off lets everything pass.
 */
export type Check = (examination: Examination, now: number) => Outcome | Promise<Outcome>;

/** The parts of a token whose form has been checked. */
export function jwsOf(examination: Examination): CompactJws {
  return examination.jws as CompactJws;
}

/** The issuer that a token is held against, once the issuer check has run. */
export function issuerOf(examination: Examination): IssuerSettings {
  return examination.issuer as IssuerSettings;
}

/** What an issuer's tokens must say in `iss`, exactly; unknown until discovery has said it. */
export function exactName({ keys, configured, asks }: IssuerSettings): string | undefined {
  return asks ? keys?.issuer : configured;
}

/** An own member of the payload, so that no name reaches the prototype of the object. */
export function claimOf(examination: Examination, name: string): unknown {
  const { payload } = jwsOf(examination);
  return Object.hasOwn(payload, name) ? payload[name] : undefined;
}

/** Goes on with a value at once where it is there, and later where it is not. */
export function andThen<T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** The refusal where a part of the verifier cannot be loaded: nothing can be said about the token. */
export function partMissing(): TokenError {
  return refusal("keys_unavailable", 1, "part");
}
