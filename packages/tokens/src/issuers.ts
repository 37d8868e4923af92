import { normalise, parse, withoutSlash } from "./issuer-address.ts";
import { IssuerLookups } from "./issuer-lookups.ts";
import { type IssuerSettings, type IssuerTools, readIssuer } from "./issuer-settings.ts";
import { VerifierOptionError } from "./option-error.ts";
import { refuseUnknownNames, stringList } from "./option-values.ts";
import type { TokenError } from "./token-error.ts";
import type { IssuerOptions, VerifierOptions } from "./verifier-options.ts";

/** The issuer of that name; a refusal if it cannot be found out now; nothing if it is none of ours. */
export type FoundIssuer = IssuerSettings | TokenError | undefined;

/** The issuers whose tokens are accepted. */
export interface Issuers {
  /** The algorithms of all of them. */
  readonly algorithms: ReadonlySet<string>;
  /** Those that are known beforehand; empty where a function decides. */
  readonly listed: readonly IssuerSettings[];
  /** Whether there are none at all, and nothing can be verified. */
  readonly none?: true;
  /** Finds an issuer by what a token says in `iss`, and by nothing else in it. */
  find(iss: string): FoundIssuer | Promise<FoundIssuer>;
}

const ISSUER_OPTION_NAMES: ReadonlySet<string> = new Set<keyof IssuerOptions>([
  "issuer",
  "tenants",
  "audience",
  "clientId",
  "jwksUri",
  "keys",
  "algorithms",
  "dialect",
]);

/** The part of an issuer's address that stands for its tenants, such as Entra's `{tenantid}`. */
const PLACEHOLDER = /\{\w+\}/;
const MOST_TENANTS = 10_000;

/** @throws {VerifierOptionError} */
export function readIssuers(options: VerifierOptions, tools: IssuerTools): Issuers {
  const { issuer } = options;
  if (typeof issuer === "string") {
    return listedIssuers(ofTenants({ ...options, issuer }, "").map((one) => readIssuer(one, "", tools)));
  }
  const isList = Array.isArray(issuer) && issuer.length > 0;
  if (!isList && typeof issuer !== "function") {
    throw new VerifierOptionError(
      "issuer",
      "is missing: pass the address of who signs the tokens, such as 'https://yourapp.kinde.com', a list of { issuer, audience }, or a function.",
    );
  }
  for (const name of ["jwksUri", "keys", "tenants"] as const) {
    if (options[name] !== undefined) {
      throw new VerifierOptionError(name, "belongs to one issuer: put it into the entry of the issuer list.");
    }
  }
  const { audience, clientId, algorithms, dialect } = options;
  const shared = { audience, clientId, algorithms, dialect };
  if (typeof issuer === "function") return new IssuerLookups(issuer, shared, tools);

  const issuers = issuer.flatMap((entry: unknown, index: number) => {
    const at = `issuer[${index}]`;
    if (typeof entry !== "object" || entry === null) {
      throw new VerifierOptionError(at, "must be an object such as { issuer, audience }.");
    }
    refuseUnknownNames(entry, ISSUER_OPTION_NAMES, `${at}.`);
    const merged = { ...shared, ...entry } as IssuerOptions;
    return ofTenants(merged, `${at}.`).map((one) => readIssuer(one, `${at}.`, tools));
  });
  return listedIssuers(issuers);
}

/** No issuer at all: for an explanation of what can be said without one. */
export function noIssuers(algorithms: ReadonlySet<string>): Issuers {
  return { algorithms, listed: [], none: true, find: () => undefined };
}

function listedIssuers(issuers: readonly IssuerSettings[]): Issuers {
  const byBase = new Map<string, IssuerSettings>();
  for (const [index, settings] of issuers.entries()) {
    const { base } = settings;
    if (byBase.has(base))
      throw new VerifierOptionError(`issuer[${index}].issuer`, `is there twice: '${base}'.`);
    byBase.set(base, settings);
  }
  return {
    algorithms: new Set(issuers.flatMap((settings) => [...settings.algorithms])),
    listed: issuers,
    find: (iss) => byBase.get(withoutSlash(iss)) ?? byBase.get(otherSpelling(iss)),
  };
}

/** The address in one spelling, for an `iss` that is the same URL written differently; it is refused later, with a hint. */
function otherSpelling(iss: string): string {
  const url = parse(iss);
  return url === undefined || url.search !== "" || url.hash !== "" || url.username !== ""
    ? ""
    : normalise(url);
}

/** One entry for each tenant where the address is a template; else the entry itself. */
function ofTenants(options: IssuerOptions, at: string): readonly IssuerOptions[] {
  const { tenants, ...entry } = options;
  const placeholder = typeof options.issuer === "string" ? PLACEHOLDER.exec(options.issuer)?.[0] : undefined;
  if (placeholder === undefined) {
    if (tenants === undefined) return [entry];
    throw new VerifierOptionError(
      `${at}tenants`,
      "only goes with an issuer such as 'https://login.microsoftonline.com/{tenantid}/v2.0'.",
    );
  }
  const names = stringList(tenants, `${at}tenants`, "ids of tenants") ?? [];
  if (names.length === 0 || names.length > MOST_TENANTS || !names.every((name) => /^[\w.-]+$/.test(name))) {
    throw new VerifierOptionError(
      `${at}tenants`,
      `must list the tenants (1 to ${MOST_TENANTS}) that ${placeholder} may stand for, since anybody can open one. ` +
        "To look them up instead, pass a function as issuer.",
    );
  }
  const fill = (text: string, tenant: string): string => text.replaceAll(placeholder, tenant);
  return names.map((tenant) => ({
    ...entry,
    issuer: fill(entry.issuer, tenant),
    ...(typeof entry.jwksUri === "string" && { jwksUri: fill(entry.jwksUri, tenant) }),
  }));
}
