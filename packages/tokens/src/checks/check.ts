import type { JwtClaims } from "../claims/jwt-claims.ts";
import type { CompactJws, KnownHeader } from "../compact-jws.ts";
import type { IssuerSettings } from "../issuer-settings.ts";
import type { PublicKey } from "../key-table.ts";
import type { Settings } from "../settings.ts";
import type { TokenError } from "../token-error.ts";
import type { VerifiedToken } from "../verified-token.ts";

/** One token on its way through the checks. Each check reads what those before it have found out. */
export interface Examination {
  readonly jwt: unknown;
  readonly settings: Settings;
  /** The header of the last token that was found good. */
  readonly knownHeader?: KnownHeader | undefined;
  /** Set by `form`. */
  jws?: CompactJws;
  /** Set by `issuer`: the configured issuer that the token is held against. */
  issuer?: IssuerSettings;
  /** Set by `issuer` when discovery has not yet said how the issuer is written; `key` then compares again. */
  issuerPending?: boolean;
  /** Set by `key`: the keys to try. */
  candidates?: readonly PublicKey[];
  /** Set by `signature`: the key that made it. */
  key?: PublicKey;
  /** Set by `claims`: the payload, or what the schema made of it. */
  claims?: object;
  /** What the token's user gets; made by `tokenOf`. */
  token?: VerifiedToken<JwtClaims>;
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
 * One check. `run` decides; `found` and `expected` only describe, for explanations of tokens that pass.
 * Times are given as `now` in milliseconds, so that a check can be run again later on the same examination.
 */
export interface Check {
  readonly name: CheckName;
  /** The checks that must have passed before this one can say anything. */
  readonly needs: readonly CheckName[];
  /** Whether it also needs to know which of the configured issuers the token is held against. */
  readonly ofIssuer?: true;
  /** Why this check is switched off, if it is. */
  off?(examination: Examination): string | undefined;
  run(examination: Examination, now: number): Outcome | Promise<Outcome>;
  found?(examination: Examination, now: number): string | undefined;
  expected?(examination: Examination, now: number): string | undefined;
}

/** The parts of a token whose form has been checked. */
export function jwsOf(examination: Examination): CompactJws {
  return examination.jws as CompactJws;
}

/** The issuer that a token is held against, once the issuer check has run. */
export function issuerOf(examination: Examination): IssuerSettings {
  return examination.issuer as IssuerSettings;
}
