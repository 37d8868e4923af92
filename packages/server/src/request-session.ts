import { type ClaimReaders, createClaimReaders } from "@hallpass/tokens/claims";
import { AuthError, isAuthError } from "./auth-error.ts";
import type { CookieJar } from "./cookies.ts";
import type { Issuer } from "./issuer.ts";
import { claimsOf } from "./jwt-claims.ts";
import type { LogoutOptions } from "./options.ts";
import type { Session, SignedIn } from "./session.ts";
import type { HeldSession, Renewal, SessionKeeper } from "./session-keeper.ts";
import { isDue, isUsable, type SessionRecord } from "./session-record.ts";
import type { Settings } from "./settings.ts";
import type { SignIn, SignInKind } from "./sign-in.ts";
import { checkedRedirectTo, leaveUrl } from "./sign-out.ts";
import type { TokenEndpoint } from "./token-endpoint.ts";

/** What all sessions of an application have in common. It knows nobody. */
export interface SessionTools {
  readonly settings: Settings;
  readonly issuer: Issuer;
  readonly endpoint: TokenEndpoint;
  readonly keeper: SessionKeeper;
  readonly renewal: Renewal;
  readonly signIn: SignIn;
}

const notSignedIn = (): AuthError =>
  new AuthError("not_signed_in", "nobody is signed in: send the browser to getLoginUrl()");

/** Takes up the session that a request brings along, with tokens that are renewed if they are about to expire. */
export async function takeUpSession(tools: SessionTools, jar: CookieJar): Promise<Session> {
  const { settings, keeper, renewal } = tools;
  let held = await keeper.load(jar);
  let trouble: AuthError | undefined;
  let readers = readersOf(held);

  function hold(next: HeldSession | undefined): void {
    held = next;
    readers = readersOf(next);
  }

  function readersOf(from: HeldSession | undefined): ClaimReaders {
    return createClaimReaders({
      dialect: settings.dialect,
      accessToken: claimsOf(from?.record.accessToken),
      idToken: claimsOf(from?.record.idToken),
    });
  }

  /** Renews; what went wrong is remembered for whoever asks for a token. */
  async function renew(): Promise<void> {
    if (held === undefined) return;
    trouble = undefined;
    try {
      hold(await keeper.renew(jar, held, renewal));
      if (held === undefined)
        trouble = new AuthError("session_ended", "the session has ended: sign in again");
    } catch (error) {
      if (!isAuthError(error)) throw error;
      trouble = error;
      if (error.code === "session_ended") hold(undefined);
    }
  }

  const current = (): SessionRecord => {
    if (held !== undefined) return held.record;
    throw trouble ?? notSignedIn();
  };

  const begin =
    (kind: SignInKind): Session["getLoginUrl"] =>
    (options = {}) =>
      tools.signIn.begin(jar, kind, options);

  async function completeSignIn(answer: string | URL): Promise<SignedIn> {
    const { record, transaction } = await tools.signIn.complete(jar, answer);
    hold(await keeper.begin(jar, record));
    trouble = undefined;
    return { returnTo: transaction.returnTo, appState: transaction.appState };
  }

  if (held !== undefined && isDue(held.record, settings.now())) await renewIfWorthwhile(held.record);

  /** Without a refresh token, the session lasts as long as its access token. */
  async function renewIfWorthwhile(record: SessionRecord): Promise<void> {
    if (record.refreshToken !== undefined || !isUsable(record, settings.now())) await renew();
  }

  return {
    ...delegated(() => readers),
    isAuthenticated: () => held !== undefined,
    async getToken() {
      if (!isUsable(current(), settings.now())) {
        if (trouble === undefined) await renew();
        if (trouble !== undefined) throw trouble;
      }
      return current().accessToken;
    },
    getIdToken: async () => current().idToken,
    async refreshToken() {
      current();
      await renew();
      if (trouble !== undefined) throw trouble;
      return current().accessToken;
    },
    getLoginUrl: begin("login"),
    getRegisterUrl: begin("register"),
    createOrg: begin("create-org"),
    completeSignIn,
    async fetchToken(answer) {
      await completeSignIn(
        typeof answer === "object" && "authorizationResponse" in answer
          ? answer.authorizationResponse
          : answer,
      );
      return current().accessToken;
    },
    async logout(options = {}) {
      const { allSessions, redirectTo }: LogoutOptions =
        typeof options === "string" ? { redirectTo: options } : options;
      const target = checkedRedirectTo(settings, redirectTo);
      const last = held;
      trouble = undefined;
      if (last !== undefined) {
        await keeper.end(jar, last);
        hold(undefined);
      }
      const { refreshToken, idToken } = last?.record ?? {};
      const [url] = await Promise.all([
        leaveUrl(settings, tools.issuer, { redirectTo: target, allSessions }, idToken),
        refreshToken === undefined ? undefined : tools.endpoint.revoke(refreshToken),
      ]);
      return url;
    },
    get appState() {
      return held?.record.appState;
    },
    get handle() {
      return held?.handle;
    },
    get accessTokenExpiresAt() {
      return held?.record.accessTokenExpiresAt;
    },
    get cookies() {
      return jar.pending;
    },
  };
}

/** The readers of the tokens of now: those of a session change when it is renewed. */
function delegated(readers: () => ClaimReaders): ClaimReaders {
  return {
    getClaim: (...call) => readers().getClaim(...call),
    getPermission: (...call) => readers().getPermission(...call),
    getPermissions: () => readers().getPermissions(),
    getRoles: () => readers().getRoles(),
    getOrganization: () => readers().getOrganization(),
    getUserOrganizations: () => readers().getUserOrganizations(),
    getOrganizations: () => readers().getOrganizations(),
    getUserDetails: () => readers().getUserDetails(),
    getFlag: (code, options) => readers().getFlag(code, options),
    getBooleanFlag: (...call) => readers().getBooleanFlag(...call),
    getStringFlag: (...call) => readers().getStringFlag(...call),
    getIntegerFlag: (...call) => readers().getIntegerFlag(...call),
  };
}
