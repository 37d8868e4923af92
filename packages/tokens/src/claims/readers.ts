import type { ClaimReaders } from "./claim-readers.ts";
import type { Dialect, DialectName } from "./dialect.ts";
import { createDialectReaders, type TokenClaims } from "./dialect-readers.ts";
import { dialectFor, dialects } from "./dialects/index.ts";
import { text } from "./dialects/shapes.ts";

/** What {@link createClaimReaders} reads from. */
export interface ClaimSources extends TokenClaims {
  /** How the issuer spells things. Default: told from the tokens' `iss`. */
  dialect?: DialectName | Dialect | undefined;
}

/**
 * Makes the claims readers over tokens that have already been decoded (and, on a server, verified). The functions are
 * bound: they may be taken out of the object.
 *
 * @throws {TypeError} when `dialect` is a name that is not known
 */
export function createClaimReaders(sources: ClaimSources): ClaimReaders {
  return createDialectReaders(resolveDialect(sources), sources);
}

function resolveDialect({ dialect, accessToken, idToken }: ClaimSources): Dialect {
  if (typeof dialect === "object") return dialect;
  if (dialect === undefined) return dialectFor(text(accessToken?.iss) ?? text(idToken?.iss) ?? "");
  const named = dialects.get(dialect);
  if (named !== undefined) return named;
  throw new TypeError(`The dialect '${dialect}' is not known: use ${[...dialects.keys()].join(", ")}.`);
}
