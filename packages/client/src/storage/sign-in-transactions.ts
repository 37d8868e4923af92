import { AuthError } from "../auth-error.ts";
import type { JsonValue, SignInOptions } from "../authorization-request.ts";

/** What has to be remembered between leaving for the issuer and coming back. */
export interface SignInTransaction {
  verifier: string;
  nonce: string;
  issuer: string;
  redirectUri: string;
  returnTo: string;
  /** The application's own. */
  appState?: JsonValue | undefined;
  /** Milliseconds since 1970. */
  startedAt: number;
  /** Without any page of the issuer: `prompt=none`. */
  silent?: boolean;
  /** What to ask for instead if the issuer cannot answer without showing a page. */
  otherwise?: SignInOptions | undefined;
}

/** An issuer may keep its sign-in page usable for an hour. */
const LIFETIME_MS = 3_600_000;

const keyOf = (name: string, state: string): string => `${name}:sign-in:${state}`;

/**
 * Notes a sign-in under way, in sessionStorage: bound to this tab, one entry a sign-in, so that several can run side
 * by side; read once; dead after an hour.
 *
 * @param name the application's
 * @throws {AuthError} `storage_blocked`
 */
export function saveTransaction(name: string, state: string, transaction: SignInTransaction): void {
  try {
    // Those that were never answered must not stay for as long as the tab does.
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(keyOf(name, "")) && !read(key)) sessionStorage.removeItem(key);
    }
    sessionStorage.setItem(keyOf(name, state), JSON.stringify(transaction));
  } catch {
    throw new AuthError("storage_blocked", "sign-in needs storage: allow cookies and site data");
  }
}

/** Removes and returns the transaction of `state`; undefined if there is none, or only a stale one. */
export function takeTransaction(name: string, state: string): SignInTransaction | undefined {
  try {
    const key = keyOf(name, state);
    const transaction = read(key);
    sessionStorage.removeItem(key);
    return transaction;
  } catch {
    return undefined;
  }
}

function read(key: string): SignInTransaction | undefined {
  const transaction: SignInTransaction = JSON.parse(sessionStorage.getItem(key) ?? "{}");
  return Math.abs(Date.now() - transaction.startedAt) < LIFETIME_MS ? transaction : undefined;
}
