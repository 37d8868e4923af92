import { type Algorithm, isAlgorithm } from "./algorithms.ts";
import type { Dialect } from "./claims/dialect.ts";
import { dialectFor, dialects } from "./claims/dialects/index.ts";
import { type IssuerAddress, readIssuerAddress, whyUnsafe } from "./issuer-address.ts";
import { RemoteKeySet } from "./key-set.ts";
import { type KeySource, StaticKeys } from "./key-source.ts";
import { VerifierOptionError } from "./option-error.ts";
import { stringList } from "./option-values.ts";
import type { IssuerOptions } from "./verifier-options.ts";

/** One issuer, ready to be used. */
export interface IssuerSettings {
  readonly configured: string;
  /** Normalised, without final slash. */
  readonly base: string;
  /** `null`: switched off. `undefined`: `clientId` takes its place. */
  readonly audience: readonly string[] | null | undefined;
  readonly clientId: readonly string[] | undefined;
  readonly algorithms: ReadonlySet<string>;
  readonly dialect: Dialect;
  readonly keys: KeySource;
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
 * Validates the options of one issuer.
 *
 * @param at where they stand among the options, such as `issuer[1].`
 * @throws {VerifierOptionError}
 */
export function readIssuer(options: IssuerOptions, at: string, tools: IssuerTools): IssuerSettings {
  if (typeof options.issuer !== "string") {
    throw new VerifierOptionError(`${at}issuer`, "must be a string such as 'https://yourapp.kinde.com'.");
  }
  const address = readIssuerAddress(options.issuer);
  if (typeof address === "string") throw new VerifierOptionError(`${at}issuer`, address);

  const audience =
    options.audience === null ? null : stringList(options.audience, `${at}audience`, "names of APIs");
  const clientId = stringList(options.clientId, `${at}clientId`, "client ids");
  if (audience === undefined && clientId === undefined) {
    throw new VerifierOptionError(
      `${at}audience`,
      "is missing: pass the name under which your API is registered at the issuer (or clientId, if its access tokens carry no audience). " +
        "Without it any token of the issuer would be accepted; if that is what you want, write audience: null.",
    );
  }
  const algorithms = readAlgorithms(options.algorithms, `${at}algorithms`);
  return {
    ...address,
    audience,
    clientId,
    algorithms: new Set(algorithms),
    dialect: readDialect(options.dialect, `${at}dialect`) ?? dialectFor(address.base),
    keys: readKeys(options, address, algorithms, at, tools),
  };
}

function readKeys(
  options: IssuerOptions,
  address: IssuerAddress,
  algorithms: readonly Algorithm[],
  at: string,
  tools: IssuerTools,
): KeySource {
  const { keys, jwksUri } = options;
  if (keys !== undefined) {
    if (jwksUri !== undefined)
      throw new VerifierOptionError(`${at}keys`, "and jwksUri exclude each other: pass one.");
    if (!Array.isArray(keys?.keys)) {
      throw new VerifierOptionError(`${at}keys`, "must be a JWKS: an object { keys: [...] } of public keys.");
    }
    return new StaticKeys(address.configured, keys, algorithms);
  }
  let url: URL | undefined;
  if (jwksUri !== undefined) {
    try {
      url = new URL(jwksUri);
    } catch {
      throw new VerifierOptionError(
        `${at}jwksUri`,
        "must be a URL such as 'https://yourapp.kinde.com/.well-known/jwks'.",
      );
    }
    const problem = whyUnsafe(url);
    if (problem !== undefined) throw new VerifierOptionError(`${at}jwksUri`, `cannot be used: ${problem}`);
  }
  return new RemoteKeySet({ address, jwksUri: url, algorithms, ...tools });
}

/** @throws {VerifierOptionError} */
export function readAlgorithms(value: unknown, name: string): readonly Algorithm[] {
  const list = stringList(value, name, "algorithms") ?? ["RS256"];
  if (list.length === 0) throw new VerifierOptionError(name, "is empty: leave it out for RS256.");
  for (const item of list) {
    if (isAlgorithm(item)) continue;
    throw new VerifierOptionError(
      name,
      /^hs/i.test(item)
        ? `has '${item}': shared secrets are not supported, because whoever can verify could then sign.`
        : `has '${item}': use RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512 or EdDSA.`,
    );
  }
  return list as readonly Algorithm[];
}

function readDialect(value: unknown, name: string): Dialect | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "string") {
    const dialect = dialects.get(value);
    if (dialect !== undefined) return dialect;
  } else if (typeof value === "object" && value !== null) {
    const parts = ["permissions", "roles", "scopes", "organization", "organizations", "flags"] as const;
    if (parts.every((part) => typeof (value as Partial<Dialect>)[part] === "function"))
      return value as Dialect;
  }
  throw new VerifierOptionError(
    name,
    `must be ${[...dialects.keys()].map((key) => `'${key}'`).join(", ")} or an object with the functions permissions, roles, ` +
      "scopes, organization, organizations and flags (spread one of @hallpass/tokens/claims and replace what differs).",
  );
}
