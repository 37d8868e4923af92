import { type Examination, jwsOf, type Outcome } from "./checks/check.ts";
import { CHECKS } from "./checks/index.ts";
import { applyRule } from "./checks/rule.ts";
import { timeWindow } from "./checks/time.ts";
import type { JwtClaims } from "./claims/jwt-claims.ts";
import type { KnownHeader } from "./compact-jws.ts";
import { explain } from "./explain.ts";
import type { Explanation } from "./explanation.ts";
import { readOptions, type Settings } from "./settings.ts";
import { TokenError } from "./token-error.ts";
import { type CachedToken, VerifiedCache } from "./verified-cache.ts";
import { tokenOf } from "./verified-jwt.ts";
import type { VerifiedToken } from "./verified-token.ts";
import type { VerifierOptions } from "./verifier-options.ts";

/** What `tryVerify` gives. */
export type Verdict<Claims extends object = JwtClaims> =
  | { readonly ok: true; readonly token: VerifiedToken<Claims> }
  | { readonly ok: false; readonly error: TokenError };

/** Checks tokens. Made by {@link createVerifier}; make one and keep it, as it holds the keys. */
export interface Verifier<Claims extends object = JwtClaims> {
  /**
   * Checks a token.
   *
   * @throws {TokenError} saying which check failed first, what was found, what was expected and the fix
   */
  verify(jwt: string): Promise<VerifiedToken<Claims>>;
  /** Checks a token and never throws. */
  tryVerify(jwt: string): Promise<Verdict<Claims>>;
  /** Runs every check, also after one has failed, and says what each found. Never throws. */
  explain(jwt: string): Promise<Explanation>;
}

/**
 * Makes a verifier for the access tokens (JWTs) of one issuer or several. Signature, algorithm, key, type, issuer,
 * audience and time are always checked, unless an option says otherwise in writing. Nothing is fetched until the first
 * token comes.
 *
 * @throws {VerifierOptionError} when an option is missing or cannot be used
 */
export function createVerifier<Claims extends object = JwtClaims>(
  options: VerifierOptions<Claims>,
): Verifier<Claims> {
  const settings = readOptions(options as unknown as VerifierOptions);
  const memory: Memory = {
    cache: settings.cacheEntries > 0 ? new VerifiedCache(settings.cacheEntries) : undefined,
    header: undefined,
  };
  type TypedResult = VerifiedToken<Claims> | TokenError;
  const examine = (jwt: unknown): TypedResult | Promise<TypedResult> =>
    examineToken(jwt, settings, memory) as TypedResult | Promise<TypedResult>;
  return {
    async verify(jwt) {
      const examined = examine(jwt);
      const result = examined instanceof Promise ? await examined : examined;
      if (result instanceof TokenError) throw result;
      return result;
    },
    async tryVerify(jwt) {
      const examined = examine(jwt);
      const result = examined instanceof Promise ? await examined : examined;
      return result instanceof TokenError ? { ok: false, error: result } : { ok: true, token: result };
    },
    explain: (jwt) => explain(jwt, settings),
  };
}

type Result = VerifiedToken | TokenError;

/** What a verifier remembers from token to token. Only tokens that were found good leave anything behind. */
interface Memory {
  readonly cache: VerifiedCache | undefined;
  header: KnownHeader | undefined;
}

/** Synchronous as long as nothing has to be waited for: keys at hand, no asynchronous schema or rule. */
function examineToken(jwt: unknown, settings: Settings, memory: Memory): Result | Promise<Result> {
  const now = settings.now();
  const known = typeof jwt === "string" ? memory.cache?.find(jwt) : undefined;
  if (known !== undefined) {
    if (isStillGood(known, now)) return settings.rule === undefined ? known.token : askRule(known, settings);
    memory.cache?.remove(known);
  }
  const examination: Examination = { jwt, settings, knownHeader: memory.header };
  const walked = walk(examination, now, 0);
  return walked instanceof Promise
    ? walked.then((failure) => failure ?? accept(examination, memory, now))
    : (walked ?? accept(examination, memory, now));
}

function accept(examination: Examination, memory: Memory, now: number): VerifiedToken {
  const token = tokenOf(examination);
  const { settings, issuer, key } = examination;
  const jwt = examination.jwt as string;
  if (memory.header?.header !== token.header) {
    memory.header = { segment: jwt.slice(0, jwt.indexOf(".")), header: token.header };
  }
  if (issuer !== undefined && key !== undefined) {
    // What is not asked again is left behind: with it an entry would take half as much again.
    const entry: CachedToken = {
      jwt,
      token,
      issuer,
      issuerName: issuer.keys.issuer,
      key,
      ...timeWindow(jwsOf(examination), settings),
    };
    memory.cache?.add(entry, now / 1000);
  }
  return token;
}

function askRule({ token }: CachedToken, settings: Settings): Result | Promise<Result> {
  const refused = applyRule(settings, token);
  return refused instanceof Promise ? refused.then((done) => done ?? token) : (refused ?? token);
}

/** Walks the checks to the first failure; synchronous as long as they are. */
function walk(examination: Examination, now: number, from: number): Outcome | Promise<Outcome> {
  for (let index = from; index < CHECKS.length; index++) {
    const check = CHECKS[index] as (typeof CHECKS)[number];
    if (check.off?.(examination) !== undefined) continue;
    const outcome = check.run(examination, now);
    if (outcome instanceof Promise) return outcome.then((done) => done ?? walk(examination, now, index + 1));
    if (outcome !== undefined) return outcome;
  }
  return undefined;
}

/** Whether what changes with time still holds: the time claims, the key and the issuer's name. */
function isStillGood({ issuer, issuerName, key, from, until }: CachedToken, now: number): boolean {
  const seconds = now / 1000;
  return (
    seconds >= from && seconds < until && issuer.keys.holds(key, now) && issuer.keys.issuer === issuerName
  );
}
