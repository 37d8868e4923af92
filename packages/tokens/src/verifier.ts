import { andThen, type Examination, type Outcome, partMissing } from "./checks/check.ts";
import { CHECKS } from "./checks/index.ts";
import type { JwtClaims } from "./claims/jwt-claims.ts";
import type { Explanation } from "./explanation.ts";
import type { KnownHeaders } from "./known-headers.ts";
import { verification, words } from "./parts.ts";
import { readOptions, type Settings } from "./settings.ts";
import { TokenError } from "./token-error.ts";
import type { TokenMemory } from "./token-memory.ts";
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
  const memory: Memory = { tokens: undefined, headers: undefined };
  type Typed = VerifiedToken<Claims>;
  const tryVerify = async (jwt: unknown): Promise<Verdict<Claims>> => {
    const examined = examineToken(jwt, settings, memory);
    const result = examined instanceof Promise ? await examined : examined;
    if (!(result instanceof TokenError)) return { ok: true, token: result as Typed };
    if (words.loaded === undefined) await words.load();
    return { ok: false, error: result };
  };
  return {
    async verify(jwt) {
      const examined = examineToken(jwt, settings, memory);
      const result = examined instanceof Promise ? await examined : examined;
      if (!(result instanceof TokenError)) return result as Typed;
      if (words.loaded === undefined) await words.load();
      throw result;
    },
    tryVerify,
    async explain(jwt) {
      const [said, part] = await Promise.all([words.load(), verification.load()]);
      return said === undefined || part === undefined
        ? explainBriefly(await tryVerify(jwt))
        : said.explain(jwt, settings, CHECKS, part.keysOf);
    },
  };
}

/** What can be said where the sentences cannot be loaded. */
function explainBriefly(verdict: Verdict<object>): Explanation {
  const check = "every check";
  if (verdict.ok) return { ok: true, checks: [{ check, status: "passed" }] };
  const { code, message, fix } = verdict.error;
  return { ok: false, checks: [{ check, status: "failed", code, message, fix }] };
}

type Result = VerifiedToken | TokenError;

/** What a verifier remembers from token to token. */
interface Memory {
  /** Begins with the first token that is found good. */
  tokens: TokenMemory | undefined;
  headers: KnownHeaders | undefined;
}

/** Synchronous as long as nothing has to be waited for: keys at hand, no asynchronous schema or rule. */
function examineToken(jwt: unknown, settings: Settings, memory: Memory): Result | Promise<Result> {
  const now = settings.now();
  const known = typeof jwt === "string" ? memory.tokens?.recall(jwt, now) : undefined;
  if (known !== undefined) return settings.rule === undefined ? known : askRule(known, settings);
  memory.headers ??= verification.loaded && new verification.loaded.KnownHeaders();
  // All members at once, so that the engine keeps them in one object of one shape.
  const examination: Examination = {
    jwt,
    settings,
    knownHeaders: memory.headers,
    jws: undefined,
    issuer: undefined,
    issuerPending: undefined,
    candidates: undefined,
    key: undefined,
    claims: undefined,
    token: undefined,
  };
  return andThen(walk(examination, now, 0), (failure) => failure ?? accept(examination, memory, now));
}

function accept(examination: Examination, memory: Memory, now: number): Result {
  const { loaded } = verification;
  if (loaded === undefined) return partMissing();
  const token = loaded.tokenOf(examination);
  const { cacheEntries } = examination.settings;
  if (cacheEntries > 0) {
    memory.tokens ??= loaded.rememberTokens(cacheEntries);
    memory.tokens.remember(examination, token, now);
  }
  return token;
}

/** A rule of one's own is also asked about tokens that are known to be good. */
function askRule(token: VerifiedToken, settings: Settings): Result | Promise<Result> {
  const { loaded } = verification;
  return loaded === undefined
    ? partMissing()
    : andThen(loaded.applyRule(settings, token), (refused) => refused ?? token);
}

const inOrder = Object.values(CHECKS);

/** Walks the checks to the first failure; synchronous as long as they are. */
function walk(examination: Examination, now: number, from: number): Outcome | Promise<Outcome> {
  const checks = verification.loaded?.checksInOrder ?? inOrder;
  for (let index = from; index < checks.length; index++) {
    const outcome = checks[index]?.(examination, now);
    if (outcome instanceof Promise) return outcome.then((done) => done ?? walk(examination, now, index + 1));
    if (outcome !== undefined) return outcome;
  }
  return undefined;
}
