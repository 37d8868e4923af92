import { AuthError } from "./auth-error.ts";
import type { CookieJar, CookiePolicy } from "./cookies.ts";
import type { JsonValue } from "./options.ts";
import type { Seal } from "./seal.ts";

/** What is remembered of a sign-in while the person is at the issuer. */
export interface SignInTransaction {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly returnTo: string;
  readonly appState?: JsonValue | undefined;
  /** Seconds, if that was asked for. */
  readonly maxAge?: number | undefined;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

/** Sign-ins that are under way, each in an encrypted cookie of the browser that began it. */
export interface SignInTransactions {
  /** @param make gets the state that the sign-in must have */
  begin(jar: CookieJar, make: (state: string) => SignInTransaction): Promise<SignInTransaction>;
  /**
   * The sign-in of a state. It is to be forgotten once the issuer has answered, one way or the other.
   *
   * @throws {AuthError} `sign_in_expired` if this browser has begun none with this state, or it is too old
   */
  find(jar: CookieJar, state: string | null): Promise<SignInTransaction>;
  forget(jar: CookieJar, transaction: SignInTransaction): void;
}

/** Long enough to confirm an address by e-mail. */
const LIFETIME_S = 3600;

/**
 * There are as many cookies as the policy has names. The state begins with the number of its cookie, and a further
 * sign-in takes the place of the oldest: however many a page begins, the header does not grow.
 */
export function createSignInTransactions(
  policy: CookiePolicy,
  seal: Seal,
  now: () => number,
  random: () => string,
): SignInTransactions {
  const fresh = ({ startedAt }: SignInTransaction): boolean =>
    startedAt <= now() + 60_000 && startedAt + LIFETIME_S * 1000 > now();

  async function read(jar: CookieJar, slot: number): Promise<SignInTransaction | undefined> {
    const sealed = jar.get(policy.signIns[slot] ?? "");
    const content = sealed === undefined ? undefined : await seal.open(sealed);
    return content as SignInTransaction | undefined;
  }

  /** A free place by chance, since several tabs may begin at the same moment; or else that of the oldest. */
  async function choose(jar: CookieJar): Promise<number> {
    const taken = await Promise.all(policy.signIns.map((_, slot) => read(jar, slot)));
    const free = taken.flatMap((found, slot) => (found && fresh(found) ? [] : [slot]));
    const chance = free[Math.floor(Math.random() * free.length)];
    if (chance !== undefined) return chance;
    const times = taken.map((found) => found?.startedAt ?? 0);
    return times.indexOf(Math.min(...times));
  }

  return {
    async begin(jar, make) {
      const slot = await choose(jar);
      const transaction = make(`${slot}.${random()}`);
      jar.set(policy.signIns[slot] as string, await seal.seal(transaction), LIFETIME_S);
      return transaction;
    },
    async find(jar, state) {
      const found = await read(jar, slotOf(state));
      if (found === undefined || state === null || !sameText(found.state, state)) {
        throw new AuthError(
          "sign_in_expired",
          "this answer belongs to no sign-in that this browser has begun, or to one that is done: start again",
        );
      }
      if (fresh(found)) return found;
      throw new AuthError("sign_in_expired", "this sign-in took too long: start again", {
        returnTo: found.returnTo,
      });
    },
    forget: (jar, { state }) => jar.delete(policy.signIns[slotOf(state)] ?? ""),
  };
}

/** The number of its cookie, with which each state begins. */
function slotOf(state: string | null): number {
  return Number(state?.match(/^(\d)\./)?.[1] ?? -1);
}

/** Compares in a time that says nothing about where two texts differ. */
function sameText(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let at = 0; at < a.length; at++) difference |= a.charCodeAt(at) ^ b.charCodeAt(at);
  return difference === 0;
}
