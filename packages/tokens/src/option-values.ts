import { VerifierOptionError } from "./option-error.ts";

/** One string or several as a list. */
export function stringList(value: unknown, name: string, what: string): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const list = typeof value === "string" ? [value] : value;
  if (Array.isArray(list) && list.every((item) => typeof item === "string" && item !== "")) return [...list];
  throw new VerifierOptionError(name, `must be a string or a list of strings: ${what}, none of them empty.`);
}

/** A number of seconds. */
export function seconds(value: unknown, name: string): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
  throw new VerifierOptionError(name, "must be a number of seconds, not negative.");
}

/** A function. */
export function aFunction<T>(value: T, name: string, what: string): T {
  if (value === undefined || typeof value === "function") return value;
  throw new VerifierOptionError(name, `must be ${what}.`);
}

/** What other libraries call things. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ["domain", "issuer"],
  ["issuerBaseURL", "issuer"],
  ["issuerBaseUrl", "issuer"],
  ["issuers", "issuer"],
  ["audiences", "audience"],
  ["aud", "audience"],
  ["clientID", "clientId"],
  ["client_id", "clientId"],
  ["jwksURI", "jwksUri"],
  ["jwks_uri", "jwksUri"],
  ["jwks", "keys"],
  ["algorithm", "algorithms"],
  ["clockSkew", "clockTolerance"],
  ["maxAge", "maxTokenAge"],
]);

/** Refuses a name that is no option: what is misspelt would otherwise silently not be checked. */
export function refuseUnknownNames(options: object, names: ReadonlySet<string>, at: string): void {
  for (const name of Object.keys(options)) {
    if (names.has(name)) continue;
    const meant = OTHER_NAMES.get(name);
    throw new VerifierOptionError(
      `${at}${name}`,
      meant === undefined
        ? `is not an option. There are ${[...names].join(", ")}.`
        : `is not an option: it is called ${meant}.`,
    );
  }
}
