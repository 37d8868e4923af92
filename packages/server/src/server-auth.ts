import { randomValue } from "@hallpass/client/server";
import { createClaimReaders } from "@hallpass/tokens/claims";
import { type ActionRequest, type AuthAction, performAction } from "./actions.ts";
import { AuthError } from "./auth-error.ts";
import type { AuthRequest, AuthResponse } from "./auth-request.ts";
import { type BackChannelLogout, createBackChannelLogout } from "./back-channel-logout.ts";
import { createCookieSessions } from "./cookie-sessions.ts";
import { type CookieJar, type CookiePolicy, cookieJar, cookiePolicy } from "./cookies.ts";
import { guarded } from "./guarded-store.ts";
import { createIssuer } from "./issuer.ts";
import { type MachineClient, machineClientOf } from "./machine-client.ts";
import type { ServerAuthOptions } from "./options.ts";
import type { Outcome } from "./outcome.ts";
import { createRenewal } from "./renewal.ts";
import { type SessionTools, takeUpSession } from "./request-session.ts";
import { createSeal } from "./seal.ts";
import type { Session } from "./session.ts";
import type { SessionStore } from "./session-store.ts";
import { type Settings, settingsOf } from "./settings.ts";
import { createSignIn } from "./sign-in.ts";
import { createSignInTransactions } from "./sign-in-transactions.ts";
import { createStoredSessions } from "./stored-sessions.ts";
import { memoryStore } from "./stores/memory.ts";
import { createTokenEndpoint } from "./token-endpoint.ts";
import { createUserSessions, noUserSessions, type UserSessions } from "./user-sessions.ts";

/** Signs people in to one application at one issuer. It holds nobody: whoever asks brings their session along. */
export interface ServerAuth {
  /**
   * The session of a request; of nobody, if the request brings none that holds. Renews the access token when it is about
   * to expire. Asked again with the same request, it is the same session.
   *
   * @param response gets the cookies at once; without it, they are in `cookies` of the session
   * @throws {AuthError} `store_unavailable`; that the issuer cannot be reached is no error yet
   */
  session(request: AuthRequest, response?: AuthResponse): Promise<Session>;
  /** Does what one of the routes is for. Never throws an {@link AuthError}: that is an outcome too. */
  handle(action: AuthAction, request: ActionRequest): Promise<Outcome>;
  /**
   * Back-Channel Logout 1.0: checks a logout token and ends the sessions that it names.
   *
   * @returns how many sessions ended
   * @throws {AuthError} `logout_token_invalid`, `issuer_unreachable`, `store_unavailable`, `not_supported`
   */
  backChannelLogout(logoutToken: string): Promise<number>;
  /** The sessions of a user, to list and to end them. */
  readonly userSessions: UserSessions;
  /** Tokens of the application itself (client credentials). */
  readonly machine: MachineClient;
  /** What routes need to know of the configuration. */
  readonly addresses: {
    /** Where the application is, such as `https://app.example.com`. */
    readonly origin: string;
    /** Where the other routes are, such as `/api/auth`. */
    readonly basePath: string;
    /** The path of the callback route. */
    readonly callbackPath: string;
    readonly postLogoutRedirectUri: string;
  };
  /** Ends what has been opened, such as a database file. */
  close(): Promise<void>;
}

/**
 * Makes the sign-in of an application. Options that are left out come from the environment; all are checked here, and
 * nothing is fetched until somebody signs in.
 *
 * @throws {AuthError} `option_invalid`, naming the option and what it should be
 */
export function createServerAuth(options: ServerAuthOptions = {}): ServerAuth {
  const settings = settingsOf(options);
  const { redirectUri, postLogoutRedirectUri, basePath } = settings;
  // A name that is unknown is a mistake of today, not of the first sign-in.
  asOption("dialect", () => createClaimReaders({ dialect: settings.dialect }));
  const issuer = createIssuer(settings);
  const endpoint = createTokenEndpoint(settings, issuer);
  const machine = machineClientOf(settings, endpoint);
  if (redirectUri === undefined) return machineOnly(settings, machine);

  const callback = new URL(redirectUri);
  const policy = cookiePolicy(callback);
  const store = storeOf(settings);
  const secrets = secretsOf(settings);
  const application = `${settings.clientId}@${settings.address}`;
  const transactions = createSignInTransactions(
    policy,
    createSeal(secrets, `hallpass sign-in ${application}`),
    settings.now,
    randomValue,
  );
  const tools: SessionTools = {
    settings,
    issuer,
    endpoint,
    keeper:
      store === undefined
        ? createCookieSessions(settings, policy, createSeal(secrets, `hallpass session ${application}`))
        : createStoredSessions(settings, policy, store),
    renewal: createRenewal(endpoint, settings.now),
    signIn: createSignIn(settings, redirectUri, issuer, endpoint, transactions),
  };
  const session = sessionsByRequest(tools, policy);
  const backChannelLogout =
    store === undefined ? noBackChannelLogout : createBackChannelLogout(settings, issuer, store);
  const addresses = {
    origin: callback.origin,
    basePath,
    callbackPath: callback.pathname,
    postLogoutRedirectUri,
  };
  return {
    session,
    handle: (action, request) => performAction({ session, backChannelLogout, addresses }, action, request),
    backChannelLogout,
    userSessions: store === undefined ? noUserSessions() : createUserSessions(settings, store),
    machine,
    addresses,
    close: async () => await store?.close?.(),
  };
}

/** The same request always has the same session, so that what it sets is set once. */
function sessionsByRequest(tools: SessionTools, policy: CookiePolicy): ServerAuth["session"] {
  const known = new WeakMap<object, { readonly jar: CookieJar; readonly session: Promise<Session> }>();
  return async (request, response) => {
    let found = known.get(request);
    if (found === undefined) {
      const jar = cookieJar(request, policy);
      found = { jar, session: takeUpSession(tools, jar) };
      known.set(request, found);
    }
    if (response !== undefined) found.jar.attach(response);
    return await found.session;
  };
}

function storeOf({ store, warn }: Settings): SessionStore | undefined {
  if (store === "cookie") return undefined;
  if (store !== undefined) return guarded(store);
  warn(
    'Sessions are in memory: they end with this process, and other processes do not know them. Set store to sqliteStore({ path }), postgresStore({ pool }), redisStore({ client }) or "cookie".',
  );
  return memoryStore();
}

function secretsOf({ sessionSecrets }: Settings): readonly string[] {
  // Only with sessions in memory, which do not outlast the process either.
  return sessionSecrets.length > 0 ? sessionSecrets : [randomValue()];
}

const noBackChannelLogout: BackChannelLogout = async () => {
  throw new AuthError(
    "not_supported",
    "sessions that are in cookies cannot be ended from outside: use a store",
  );
};

/** With `client_credentials` nobody signs in. */
function machineOnly(
  { address, basePath, postLogoutRedirectUri }: Settings,
  machine: MachineClient,
): ServerAuth {
  const refuse = async (): Promise<never> => {
    throw new AuthError(
      "not_supported",
      "grantType is client_credentials: nobody signs in. Use machine.getToken(), or another grantType",
    );
  };
  return {
    session: refuse,
    handle: refuse,
    backChannelLogout: refuse,
    userSessions: { list: refuse, revoke: refuse, revokeAll: refuse },
    machine,
    addresses: { origin: address, basePath, callbackPath: "/", postLogoutRedirectUri },
    close: async () => {},
  };
}

function asOption<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new AuthError(
      "option_invalid",
      `${name}: ${error instanceof Error ? error.message : "cannot be used"}`,
    );
  }
}
