import { partMissing } from "./checks/check.ts";
import { otherSpelling, withoutSlash } from "./issuer-address.ts";
import { acceptedAlgorithms, type IssuerSettings, type IssuerTools, readIssuer } from "./issuer-settings.ts";
import { checkOptions, ISSUER_OPTION_NAMES, listOf, refuseOption } from "./option-values.ts";
import { verification } from "./parts.ts";
import type { TokenError } from "./token-error.ts";
import type { IssuerLookup, IssuerOptions, VerifierOptions } from "./verifier-options.ts";

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
  readonly find: (iss: string) => FoundIssuer | Promise<FoundIssuer>;
}

const MOST_TENANTS = 10_000;

/** @throws {VerifierOptionError} */
export function readIssuers(options: VerifierOptions, tools: IssuerTools): Issuers {
  const { issuer, audience, clientId, algorithms, dialect } = options;
  if (typeof issuer === "string") return listedIssuers([[options as IssuerOptions, ""]], tools);
  if (issuer === undefined || [issuer].flat().length === 0)
    refuseOption("issuer", "is missing: pass an address such as 'https://yourapp.kinde.com'.");
  for (const name of ["jwksUri", "keys", "tenants"] as const) {
    if (options[name] !== undefined) refuseOption(name, "belongs to one issuer: put it into its entry.");
  }
  const shared = { audience, clientId, algorithms, dialect };
  if (typeof issuer === "function") return lookedUpIssuers(issuer, shared, tools);
  const entries = [issuer as readonly IssuerOptions[]].flat().map((entry, index) => {
    checkOptions(entry, ISSUER_OPTION_NAMES, `issuer[${index}].`);
    return [{ ...shared, ...entry }, `issuer[${index}].`] as const;
  });
  return listedIssuers(entries, tools);
}

function listedIssuers(
  entries: readonly (readonly [options: IssuerOptions, at: string])[],
  tools: IssuerTools,
): Issuers {
  const byBase = new Map<string, IssuerSettings>();
  for (const [options, at] of entries) {
    for (const one of ofTenants(options, at)) {
      const settings = readIssuer(one, at, tools);
      if (byBase.has(settings.base)) refuseOption(`${at}issuer`, `is there twice: '${settings.base}'.`);
      byBase.set(settings.base, settings);
    }
  }
  const listed = [...byBase.values()];
  return {
    algorithms: new Set(listed.flatMap((settings) => [...settings.algorithms])),
    listed,
    // The same URL written differently is refused later, with a hint.
    find: (iss) => byBase.get(withoutSlash(iss)) ?? byBase.get(otherSpelling(iss)),
  };
}

/** One entry for each tenant where the address is a template, such as Entra's `{tenantid}`; else the entry itself. */
function ofTenants(options: IssuerOptions, at: string): readonly IssuerOptions[] {
  const { tenants, jwksUri } = options;
  const issuer = String(options.issuer);
  const placeholder = /\{\w+\}/.exec(issuer)?.[0];
  const name = `${at}tenants`;
  if (placeholder === undefined) {
    return tenants === undefined
      ? [options]
      : refuseOption(
          name,
          "only goes with an issuer such as 'https://login.microsoftonline.com/{tenantid}/v2.0'.",
        );
  }
  const list = listOf(tenants) ?? [];
  if (list.length === 0 || list.length > MOST_TENANTS || !list.every((tenant) => /^[\w.-]+$/.test(tenant))) {
    refuseOption(
      name,
      `must list the tenants (1 to ${MOST_TENANTS}) that ${placeholder} may stand for; to look them up, pass a function as issuer.`,
    );
  }
  return list.map((tenant) => ({
    ...options,
    issuer: issuer.replaceAll(placeholder, tenant),
    ...(typeof jwksUri === "string" && { jwksUri: jwksUri.replaceAll(placeholder, tenant) }),
  }));
}

/** Issuers that a function knows. */
function lookedUpIssuers(ask: IssuerLookup, shared: Partial<IssuerOptions>, tools: IssuerTools): Issuers {
  let found: Pick<Issuers, "find"> | undefined;
  return {
    algorithms: acceptedAlgorithms(shared.algorithms),
    listed: [],
    find: (iss) =>
      found === undefined
        ? verification.load().then((part) => {
            if (part === undefined) return partMissing();
            found ??= new part.IssuerLookups(ask, shared, tools);
            return found.find(iss);
          })
        : found.find(iss),
  };
}
