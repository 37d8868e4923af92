import type { Settings } from "./options.ts";
import { type SignInTransaction, takeTransaction } from "./storage/sign-in-transactions.ts";

/** What every state of an application ends with, so that an answer to a forgotten sign-in is still known as its own. */
export function stateSuffix(clientId: string): string {
  return `.${clientId}`;
}

/** The issuer's answer, found in the page's address and removed from it. */
export interface Callback {
  parameters: URLSearchParams;
  /** Absent if this tab does not know the sign-in (any more). */
  transaction: SignInTransaction | undefined;
}

/**
 * Looks for the answer to a sign-in of ours. A `code` or `error` whose state is not ours belongs to someone else
 * and stays where it is. Ours is taken out of the address and the history before anything else happens, so that no
 * reload, back button, second render or Referer header sees it again.
 */
export function takeCallback({ name, clientId }: Settings): Callback | undefined {
  const url = new URL(location.href);
  const parameters = new URLSearchParams(url.search);
  const state = parameters.get("state");
  if (!state?.endsWith(stateSuffix(clientId)) || !(parameters.has("code") || parameters.has("error")))
    return undefined;
  for (const name of [
    "code",
    "state",
    "iss",
    "scope",
    "session_state",
    "error",
    "error_description",
    "error_uri",
  ]) {
    url.searchParams.delete(name);
  }
  history.replaceState(history.state, "", url);
  return { parameters, transaction: takeTransaction(name, state) };
}

/** The page's current address, as a path. */
export function here(): string {
  return location.pathname + location.search + location.hash;
}

/** Shows `path` without a page load and without a new history entry; routers that listen to popstate follow. */
export function replacePath(path: string): void {
  if (path === here()) return;
  history.replaceState(history.state, "", path);
  dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
}
