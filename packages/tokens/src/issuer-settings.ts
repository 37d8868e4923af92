import type { Algorithm } from "./algorithms.ts";
import type { Dialect, DialectName } from "./claims/dialect.ts";
import { readIssuerAddress } from "./issuer-address.ts";
import type { KeySource } from "./key-source.ts";
import { listOf, refuseOption } from "./option-values.ts";
import type { IssuerOptions, JsonWebKeySet } from "./verifier-options.ts";

/** One issuer, ready to be used. */
export interface IssuerSettings {
  readonly configured: string;
  /** Normalised, without final slash. */
  readonly base: string;
  /** `null`: switched off. `undefined`: `clientId` takes its place. */
  readonly audience: readonly string[] | null | undefined;
  readonly clientId: readonly string[] | undefined;
  readonly algorithms: ReadonlySet<string>;
  /** As configured; looked up by its name, or told from the address, when the first token needs it. */
  dialect: DialectName | Dialect | undefined;
  /** Whether discovery says what the issuer is called; else it is what was configured. */
  readonly asks: boolean;
  /** The keys as data, or where they are, if that was configured. */
  readonly given: JsonWebKeySet | URL | undefined;
  readonly tools: IssuerTools;
  /** Where a function vouches for the issuer: whether its answer still counts, also for tokens that were accepted before. */
  readonly isAccepted?: () => boolean;
  /** Made when the first token needs them. */
  keys: KeySource | undefined;
}

/** What an issuer's keys are fetched with. */
export interface IssuerTools {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly fetch: typeof fetch;
  /** Seconds for which known keys serve on while the issuer fails. */
  readonly maxOutage: number;
}

/**
 * Makes settings of the options of one issuer, which are checked one by one already.
 *
 * @param at where they stand among the options, such as `issuer[1].`
 * @throws {VerifierOptionError} when they do not go together
 */
export function readIssuer(
  { issuer, audience, clientId, algorithms, dialect, keys, jwksUri }: IssuerOptions,
  at: string,
  tools: IssuerTools,
): IssuerSettings {
  const address = typeof issuer === "string" ? readIssuerAddress(issuer) : "must be a string.";
  if (typeof address === "string") refuseOption(`${at}issuer`, address);
  if (audience === undefined && clientId === undefined) {
    refuseOption(
      `${at}audience`,
      "is missing: pass the name of your API at the issuer (or clientId, if its access tokens carry no audience), " +
        "or audience: null to accept any token of the issuer.",
    );
  }
  if (keys !== undefined && jwksUri !== undefined) {
    refuseOption(`${at}keys`, "and jwksUri exclude each other: pass one.");
  }
  return {
    ...address,
    audience: audience === null ? null : listOf(audience),
    clientId: listOf(clientId),
    algorithms: acceptedAlgorithms(algorithms),
    dialect,
    given: keys ?? (jwksUri === undefined ? undefined : new URL(jwksUri)),
    asks: keys === undefined && jwksUri === undefined,
    tools,
    keys: undefined,
  };
}

export function acceptedAlgorithms(algorithms: IssuerOptions["algorithms"]): ReadonlySet<Algorithm> {
  return new Set(listOf(algorithms) ?? ["RS256"]);
}
