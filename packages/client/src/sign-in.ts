import { AuthError } from "./auth-error.ts";
import {
  authorizationUrl,
  codeChallenge,
  defaultScope,
  randomValue,
  type SignInOptions,
} from "./authorization-request.ts";
import { here, stateSuffix } from "./callback.ts";
import { familyOf, type IssuerMetadata } from "./issuer.ts";
import type { Settings } from "./options.ts";
import { safeReturnTo } from "./return-to.ts";
import { saveTransaction } from "./storage/sign-in-transactions.ts";

/** sessionStorage holds five million, for everything on this origin. */
const LONGEST_APP_STATE = 4000;

/**
 * Leaves for the issuer: notes the transaction, then sends the browser there.
 *
 * @param silent asks for no page at all and leaves no entry in the history
 * @param fallback whether to ask again, with pages, if the issuer cannot do what is asked without one
 * @throws {AuthError} `storage_blocked`, `context_insecure`, `option_invalid`
 */
export async function leaveForSignIn(
  settings: Settings,
  metadata: IssuerMetadata,
  options: SignInOptions,
  { silent = false, fallback = false }: { silent?: boolean; fallback?: boolean } = {},
): Promise<void> {
  if (!globalThis.crypto?.subtle) {
    throw new AuthError("context_insecure", "sign-in needs https, or localhost");
  }
  const { name, clientId, scope = defaultScope(familyOf(metadata)), audience } = settings;
  const { appState, returnTo = here() } = options;
  if (JSON.stringify(appState)?.length > LONGEST_APP_STATE) {
    throw new AuthError("option_invalid", `appState is longer than ${LONGEST_APP_STATE} characters of JSON`);
  }
  const redirectUri = options.redirectUri ?? settings.redirectUri ?? location.origin;
  const state = randomValue() + stateSuffix(clientId);
  const [verifier, nonce] = [randomValue(), randomValue()];
  const url = authorizationUrl(
    metadata.authorization_endpoint,
    { clientId, redirectUri, scope, audience, state, nonce, codeChallenge: await codeChallenge(verifier) },
    options,
  );
  saveTransaction(name, state, {
    silent,
    otherwise: fallback ? { ...options, prompt: undefined } : undefined,
    verifier,
    nonce,
    redirectUri,
    issuer: metadata.issuer,
    returnTo: safeReturnTo(returnTo),
    appState,
    startedAt: Date.now(),
  });
  if (silent) location.replace(url);
  else location.assign(url);
}
