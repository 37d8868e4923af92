import { type AuthClient, AuthError } from "@hallpass/client";
import { refuse } from "../sdk-options.ts";
import { settled } from "../settled.ts";
import type {
  AppState,
  Auth0ContextInterface,
  AuthState,
  GetTokenSilentlyOptions,
  LogoutOptions,
} from "./auth0-context.ts";
import { type AuthorizationParams, checkToken, signInOptions } from "./authorization-params.ts";
import { OAuthError, oauthError } from "./oauth-error.ts";

/** What the functions need to know of the provider, as it is when they are called. */
export interface Auth0Host {
  readonly domain: string;
  readonly clientId: string;
  readonly params: AuthorizationParams;
  /** What the sign-in that this page was loaded with has brought back; nothing if it was loaded otherwise. */
  readonly arrived: { readonly appState?: AppState } | undefined;
}

export type Auth0Functions = Omit<Auth0ContextInterface, keyof AuthState>;

const NO_POPUPS =
  "windows are not opened for signing in; use loginWithRedirect, which comes back to the same page";

/** The functions of Auth0's hook over a client of ours. They keep their identity while the client stays. */
export function auth0Functions(client: AuthClient, host: () => Auth0Host): Auth0Functions {
  async function getAccessTokenSilently(options: GetTokenSilentlyOptions = {}): Promise<never> {
    const { cacheMode = "on", authorizationParams = {}, detailedResponse = false } = options;
    checkToken(authorizationParams, host().params);
    if (cacheMode === "cache-only" && !(await settled(client)).isAuthenticated) return undefined as never;
    const token = await client.getToken({ forceRefresh: cacheMode === "off" });
    if (!detailedResponse) return token as never;
    const { exp, scope } = client.getClaims() ?? {};
    return {
      access_token: token,
      id_token: await client.getIdToken(),
      token_type: "Bearer",
      expires_in: Math.max(0, Math.floor(Number(exp) - Date.now() / 1000)) || 0,
      ...(typeof scope === "string" && { scope }),
    } as never;
  }

  return withOAuthErrors({
    getAccessTokenSilently,
    async getIdTokenClaims() {
      const { isAuthenticated } = await settled(client);
      if (!isAuthenticated) return undefined;
      return { ...client.getClaims("id_token"), __raw: await client.getIdToken() };
    },
    async loginWithRedirect({ appState, authorizationParams = {}, ...others } = {}) {
      refuse(others, {
        fragment: "the answer goes to the redirect URI; put it into appState.returnTo",
        openUrl: "the browser is sent on by the client",
        onRedirect: "the browser is sent on by the client",
      });
      await client.login(signInOptions(authorizationParams, host().params, appState));
    },
    async logout({ logoutParams = {}, openUrl, ...others }: LogoutOptions = {}) {
      refuse(
        { ...others, openUrl },
        { openUrl: "it may be false", onRedirect: "the browser is sent on by the client" },
      );
      const { returnTo, ...rest } = logoutParams;
      const parameters = Object.fromEntries(
        Object.entries(rest).flatMap(([name, value]) => (value ? [[name, `${value}`]] : [])),
      );
      await client.logout({ local: openUrl === false, postLogoutRedirectUri: returnTo, parameters });
    },
    async handleRedirectCallback(...[url]: [url?: string]) {
      refuse({ url }, { url: "the answer is taken from the page's own address, once, when it is loaded" });
      const { error } = await settled(client);
      if (error) throw error;
      const { arrived } = host();
      if (!arrived) {
        throw new OAuthError("no_callback", "this page was not loaded with an answer to a sign-in of ours");
      }
      return { appState: arrived.appState, response_type: "code" };
    },
    loginWithPopup: async () => {
      throw new AuthError("option_invalid", NO_POPUPS);
    },
    getAccessTokenWithPopup: async () => {
      throw new AuthError("option_invalid", NO_POPUPS);
    },
    getConfiguration() {
      const { domain, clientId } = host();
      return { domain, clientId };
    },
  });
}

/** The same functions, whose rejections are of the kind that applications for Auth0's SDK look into. */
function withOAuthErrors(functions: Auth0Functions): Auth0Functions {
  const wrapped = Object.entries(functions).map(([name, work]) => [
    name,
    (...args: never[]) => {
      const result = (work as (...args: never[]) => unknown)(...args);
      return result instanceof Promise ? result.catch((error) => Promise.reject(oauthError(error))) : result;
    },
  ]);
  return Object.fromEntries(wrapped) as Auth0Functions;
}
