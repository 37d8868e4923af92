import type { Facts } from "../facts.ts";
import type { FetchProblem, FetchProblemName } from "../fetch-json.ts";
import type { KeySource } from "../key-source.ts";
import type { KeyTable } from "../key-table.ts";
import type { KeyProblem } from "../public-key.ts";
import type { TokenErrorWords } from "../token-error.ts";
import { duration, show } from "./printable.ts";

/** Reasons that are told at once. */
const MOST_REASONS = 3;

export function keysUnavailable(...[retryAfter, why]: Facts["keys_unavailable"]): TokenErrorWords {
  if (typeof why === "object") {
    const found = fetchProblem(why);
    return {
      what: `The issuer's keys cannot be had: ${found}.`,
      found,
      expected: "the issuer's keys",
      fix: "Try again later; if it stays so, check the issuer's address and that this server can reach it.",
      retryAfter,
    };
  }
  if (why === "recent") {
    return {
      what: "The key of this token is not known, and keys were fetched a moment ago.",
      found: "a kid that is not known yet",
      expected: "a key of the issuer",
      fix: "Try again in a few seconds: new keys are then looked for.",
      retryAfter,
    };
  }
  if (why === "part") {
    return {
      what: "A part of this verifier could not be loaded.",
      found: "a file of @hallpass/tokens that is missing",
      expected: "all its files",
      fix: "Try again in a moment; if it stays so, deploy every file that the bundler made.",
      retryAfter,
    };
  }
  const found =
    why === "lookups" ? "too many are being looked up" : "the function in the option issuer failed";
  return {
    what: `Whether the issuer of this token is accepted cannot be said now: ${found}.`,
    found,
    expected: "an answer of the function in the option issuer",
    fix: "Try again in a moment; if it stays so, see why that function fails.",
    retryAfter,
  };
}

export function unknownKey(...[kid, algorithm, keys, sharedBy]: Facts["key_unknown"]): TokenErrorWords {
  if (sharedBy !== undefined) {
    return {
      what: `This token could be of any of ${sharedBy} keys, and at most 4 are tried.`,
      found: kid === undefined ? "no kid" : `kid ${show(kid)}, which ${sharedBy} keys have`,
      expected: "a kid that names one key",
      fix: "Have the issuer give each key a kid of its own and write it into the header.",
    };
  }
  const unused = leftOut(keys);
  const besides = unused === undefined ? "" : ` (${unused})`;
  if (kid === undefined) {
    return {
      what: `This token names no key, and the issuer has none for ${algorithm}${besides}.`,
      found: "no kid",
      expected: `a kid of a published key for ${algorithm}${besides}`,
      fix: "Have the issuer write the kid of its key into the header.",
    };
  }
  return {
    what: `The key that signed this token is not among the issuer's keys${besides}.`,
    found: `kid ${show(kid)}`,
    expected: `${keys.kids.size === 1 ? "the issuer's key" : `one of the issuer's ${keys.kids.size} keys`}${besides}`,
    fix: "Sign in again; if that does not help, the token comes from another issuer or environment.",
  };
}

export function unusableKey(...[kid, algorithm, problem]: Facts["key_unusable"]): TokenErrorWords {
  const why =
    problem === undefined ? `it is not for ${algorithm}, which the token says` : keyProblem(problem);
  return {
    what: `The key that signed this token cannot be used: ${why}.`,
    found: `key ${show(kid)}: ${why}`,
    expected: `a public key for ${algorithm}`,
    fix: "Replace the key at the issuer, or configure the algorithm that it is for.",
  };
}

/** What is wrong with the keys of an issuer although they still serve, as the end of a sentence. */
export function keyTrouble({ table, stale }: KeySource): string | undefined {
  const troubles: string[] = [];
  if (stale !== undefined) {
    troubles.push(
      `the keys are ${duration(stale.age)} old and could not be refreshed: ${fetchProblem(stale.problem)}`,
    );
  }
  const unused = table === undefined ? undefined : leftOut(table);
  if (unused !== undefined) troubles.push(unused);
  return troubles.length === 0 ? undefined : troubles.join("; ");
}

/** Which of the issuer's keys are not used, and why, as the end of a sentence; nothing if all are. */
function leftOut({ problems, ignored }: KeyTable): string | undefined {
  const reasons = [...problems].map(
    ([kid, problem]) =>
      `${kid === undefined ? "a key without kid" : `key ${show(kid)}`}: ${keyProblem(problem)}`,
  );
  if (ignored > 0) reasons.push(`${ignored} more than 100 are not read`);
  if (reasons.length === 0) return undefined;
  const shown = reasons.slice(0, MOST_REASONS);
  if (reasons.length > shown.length) shown.push(`${reasons.length - shown.length} more`);
  return `not used of the issuer's keys: ${shown.join("; ")}`;
}

function keyProblem(problem: KeyProblem): string {
  switch (problem[0]) {
    case "symmetric":
      return "it is a symmetric key (kty oct), which must not be published";
    case "private":
      return "it is a private key, which must not be published";
    case "use":
      return `its use is ${show(problem[1])}, not 'sig'`;
    case "key_ops":
      return "its key_ops do not include 'verify'";
    case "alg":
    case "kty":
      return `its ${problem[0]} is ${show(problem[1])}, which is not supported`;
    case "crv":
      return `its curve is ${show(problem[1])}, which is not supported`;
    case "text":
      return "its n or e is not base64url";
    case "bits":
      return problem[1] < problem[2]
        ? `it is an RSA key of ${problem[1]} bits, and at least ${problem[2]} are needed`
        : `it is an RSA key of ${problem[1]} bits, and at most ${problem[2]} are accepted`;
    case "exponent":
      return "its RSA exponent is unsafe (65537 is the usual one)";
    case "numbers":
      return "its numbers do not make a key";
  }
}

/** What follows the address in a sentence about what went wrong there. */
const fetchProblems: Readonly<Record<FetchProblemName, (...found: unknown[]) => string>> = {
  unreachable: (error) => `could not be reached${systemCode(error)}`,
  broken: (error) => `broke off its answer${systemCode(error)}`,
  late: () => "did not answer in time",
  redirectElsewhere: () => "redirects elsewhere",
  redirectNowhere: () => "redirects to nowhere",
  redirectOrigin: (origin) => `redirects to another origin (${origin})`,
  redirectEndless: () => "redirects without end",
  status: (status) => `answered with status ${status}`,
  noJson: (type) =>
    `answered with something that is not JSON (${String(type ?? "no content type")
      .split(";", 1)[0]
      ?.slice(0, 40)})`,
  size: (most) => `answered with more than ${Number(most) / 1024} kB`,
  noIssuer: () => "states no issuer",
  otherIssuer: (issuer, configured) =>
    `says that its issuer is '${String(issuer).slice(0, 200)}', but '${configured}' is configured`,
  noJwksUri: () => "states no jwks_uri",
  badJwksUri: () => "states a jwks_uri that is not https",
  noKeys: () => "answered with JSON that has no list of keys",
  manyKeys: (count, most) => `answered with ${count} keys, more than ${most}`,
  nothing: () => "",
  unknown: () => "",
};

function fetchProblem([name, url, ...found]: FetchProblem): string {
  if (name === "unknown") return "they could not be read";
  const text = name === "nothing" ? `there is nothing at ${url}` : `${url} ${fetchProblems[name](...found)}`;
  return text.replace(/[^\x20-\x7e]|["\\]/g, "?");
}

function systemCode(error: unknown): string {
  const { cause, code } = (error ?? {}) as { cause?: { code?: unknown }; code?: unknown };
  const known = cause?.code ?? code;
  return typeof known === "string" ? ` (${known})` : "";
}
