import { createDialectReaders } from "@hallpass/tokens/claims/one-dialect";
import type { AllClaimReaders, AuthClient, SignOutOptions } from "./auth-client.ts";
import { AuthError, notSignedIn } from "./auth-error.ts";
import { organization, registration, type SignInOptions } from "./authorization-request.ts";
import type { Callback } from "./callback.ts";
import { dialectOf } from "./dialect.ts";
import { canUseCookie, discover, familyOf, type IssuerFamily, type IssuerMetadata } from "./issuer.ts";
import type { Settings } from "./options.ts";
import { createRefresher } from "./refresh.ts";
import { safeReturnTo } from "./return-to.ts";
import { claimsOf, isUsable, received, type Session, type TokenSet, untilRenewal } from "./session.ts";
import { leaveForSignIn } from "./sign-in.ts";
import { revoke, signOutUrl } from "./sign-out.ts";
import { type AuthStatus, type Status, userOf } from "./status.ts";
import { localValue, type StoredValue, sessionValue } from "./storage/stored-value.ts";
import { createTabs } from "./tabs.ts";
import { redeemCode, refreshTokens, type TokenEndpoint } from "./token-endpoint.ts";

/** What the engine is given by the part of the client that is always there. */
export interface EngineHost {
  readonly settings: Settings;
  readonly status: Status;
  /** Not secret: says that this browser was signed in, and to which organization. */
  readonly marker: StoredValue;
  /** New tokens came, or none are left. */
  onClaims(readers?: AllClaimReaders): void;
}

/** The part of the client that is loaded when somebody signs in or was signed in. */
export interface Engine
  extends Pick<
    AuthClient,
    "login" | "register" | "createOrg" | "switchOrg" | "logout" | "getToken" | "getIdToken"
  > {
  /** Finishes the sign-in that has just come back, or takes up the session of before. */
  restore(callback: Callback | undefined): Promise<void>;
  /** Looks around after the page was hidden, asleep, cached or without network, or another tab acted. */
  wake(event: Event): void;
  resume(): void;
  pause(): void;
}

const ignore = (): void => {};

/** @throws {AuthError} `option_invalid` if the dialect is none */
export async function createEngine({ settings, status, marker, onClaims }: EngineHost): Promise<Engine> {
  const { name, audience, clientId, storage, onRedirect } = settings;
  const dialect = await dialectOf(settings);
  const tabs = createTabs(name, [name, audience, settings.scope, storage].join());
  const storedToken = localValue(`${name}:refresh`);
  /** There while a silent redirect is on its way: one that never answers must not become a loop. */
  const silentAttempt = sessionValue(`${name}:silent`);

  let session: Session | undefined;
  /** Changes with the session, so that an answer that comes too late is recognised. */
  let epoch = 0;
  let metadata: Promise<IssuerMetadata> | undefined;
  let cookie = false;
  /** On the way to the issuer's sign-out. */
  let leaving = false;

  const refresher = createRefresher(
    {
      session: () => session,
      epoch: () => epoch,
      request: renew,
      adopt,
      ended: (error) => forget(session && error, !!session && !isShared()),
      offline: (error) => show("offline", error.code === "issuer_unreachable" ? undefined : error),
    },
    tabs,
  );

  function show(next: AuthStatus, error?: AuthError): void {
    status.set(next, session ? userOf(claimsOf(session.idToken)) : null, error);
  }

  /** Whether all tabs live on one refresh token, so that one's new tokens are everybody's. */
  const isShared = (): boolean => cookie || storage === "localStorage";

  async function tokenEndpoint(): Promise<TokenEndpoint> {
    metadata ??= discover(settings.address).catch((error) => {
      metadata = undefined;
      throw error;
    });
    const found = await metadata;
    cookie = storage === "cookie" || (!storage && canUseCookie(found));
    return { metadata: found, clientId, cookie };
  }

  function adopt(tokens: TokenSet, handedOver = false): void {
    const { accessToken, expiresIn, idToken = session?.idToken } = tokens;
    let { refreshToken = session?.refreshToken } = tokens;
    if (storage === "localStorage") {
      if (refreshToken) storedToken.set(refreshToken);
      refreshToken = undefined;
    }
    const renewable = handedOver || cookie || !!(refreshToken ?? storedToken.get());
    session = received({ accessToken, expiresIn, idToken, refreshToken }, renewable);
    epoch++;
    const claims = { access_token: claimsOf(accessToken), id_token: claimsOf(idToken) };
    const readers = createDialectReaders(dialect, {
      accessToken: claims.access_token,
      idToken: claims.id_token,
    });
    onClaims({ ...readers, getClaims: (token = "access_token") => claims[token] });
    marker.set(readers.getOrganization().orgCode ?? "");
    if (!handedOver && isShared()) tabs.share(session);
    show("signed-in");
    refresher.restart();
  }

  function forget(error?: AuthError, keepMarker = false): void {
    session = undefined;
    epoch++;
    onClaims();
    storedToken.set(null);
    // Other tabs notice that it is gone.
    if (!keepMarker) marker.set(null);
    refresher.restart();
    show(leaving ? "loading" : "signed-out", error);
  }

  async function renew(): Promise<TokenSet> {
    const endpoint = await tokenEndpoint();
    const refreshToken = session?.refreshToken ?? storedToken.get() ?? undefined;
    if (!cookie && !refreshToken) {
      if (session) {
        throw new AuthError("session_ended", "the session has expired, and the scope lets it not be renewed");
      }
      await restoreSilently(endpoint.metadata);
    }
    const tokens = await refreshTokens(endpoint, cookie ? undefined : refreshToken, audience);
    // A refresh token is one person's (OpenID Connect Core 12.2); the cookie is whoever's signed in last.
    const [before, after] = [session, tokens].map((set) => claimsOf(set?.idToken).sub);
    if (!isShared() && before && after && before !== after) {
      throw new AuthError("session_ended", "the issuer answered for somebody else");
    }
    return tokens;
  }

  /** Asks the issuer, by a redirect that shows no page, whether the person is still signed in there. */
  async function restoreSilently(found: IssuerMetadata): Promise<never> {
    if (silentAttempt.get()) {
      silentAttempt.set(null);
      throw new AuthError("session_ended", "the issuer did not answer");
    }
    silentAttempt.set("1");
    const orgCode = marker.get();
    const where = orgCode ? organization(familyOf(found), orgCode) : {};
    await leaveForSignIn(settings, found, { ...where, prompt: "none" }, { silent: true });
    return new Promise(ignore);
  }

  async function finishSignIn({ parameters, transaction }: Callback): Promise<void> {
    silentAttempt.set(null);
    if (!transaction) {
      return signInFailed(
        new AuthError("sign_in_expired", "this sign-in took too long or is done already: start again"),
      );
    }
    const { returnTo, appState, otherwise, silent } = transaction;
    const before = epoch;
    let tokens: TokenSet | undefined;
    try {
      tokens = await redeemCode(await tokenEndpoint(), parameters, transaction);
    } catch (error) {
      const failure = error as AuthError;
      const asks = /_required$/.test(failure.reason ?? "");
      if (asks && otherwise) {
        await signIn(() => ({ ...otherwise, returnTo }));
        return new Promise(ignore);
      }
      if (!asks || !silent) await signInFailed(failure);
      else if (before === epoch) forget();
    }
    if (tokens && before === epoch) adopt(tokens);
    // Also after a failure: who was reading something has it before them again, and may try from there.
    onRedirect(safeReturnTo(returnTo), appState);
  }

  /** Says why, unless the session is there already: a callback may come twice (back button, copied tab). */
  async function signInFailed(error: AuthError): Promise<void> {
    const repeated = error.code === "sign_in_expired" || error.reason === "invalid_grant";
    await followOtherTabs();
    if (!session) show("signed-out", error);
    else if (!repeated) show("signed-in", error);
  }

  /** Takes up the session that another tab, or this one before, has begun. */
  async function followOtherTabs(): Promise<void> {
    if (marker.get() === null) return;
    try {
      await tokenEndpoint();
      if (isShared()) await refresher.run();
    } catch {}
  }

  async function restore(callback: Callback | undefined): Promise<void> {
    if (callback) await finishSignIn(callback);
    else if (marker.get() !== null) await refresher.run().catch(ignore);
    if (status.get().isLoading && !leaving) show("signed-out");
  }

  async function signIn(build: (family: IssuerFamily) => SignInOptions, fallback = false): Promise<void> {
    const before = status.get();
    try {
      const found = (await tokenEndpoint()).metadata;
      if (before.error) show(before.status);
      await leaveForSignIn(settings, found, build(familyOf(found)), { fallback });
    } catch (error) {
      show(before.status, error as AuthError);
      throw error;
    }
  }

  async function logout(options: SignOutOptions = {}): Promise<void> {
    const { local, allSessions, parameters } = options;
    const { postLogoutRedirectUri = settings.postLogoutRedirectUri } = options;
    const last = session;
    leaving = !local;
    forget();
    if (local) return;
    // Asked anew, because a browser that is sent to an issuer that is down shows nothing but an error of its own.
    const found = await discover(settings.address, "no-store").catch(ignore);
    if (found && last?.refreshToken) revoke(found, clientId, last.refreshToken);
    const target =
      found &&
      signOutUrl(found, {
        clientId,
        postLogoutRedirectUri,
        idToken: last?.idToken,
        allSessions,
        parameters,
      });
    if (target) return location.assign(target);
    leaving = false;
    show("signed-out");
  }

  function wake(event: Event): void {
    const now = status.get().status;
    if (event.type === "storage") {
      const { key, newValue } = event as StorageEvent;
      if ((key === null || key === name) && newValue === null && now !== "signed-out") forget();
    } else {
      if ((event as PageTransitionEvent).persisted) {
        leaving = false;
        if (now === "loading") show("signed-out");
      }
      refresher.restart();
      if (session || now === "offline") refresher.runIfDue();
      else if (now === "signed-out") void followOtherTabs();
    }
  }

  async function getToken({ forceRefresh = false } = {}): Promise<string> {
    // On a reload without network it is not known yet who is signed in: that is worth a try.
    if (status.get().status !== "offline") current();
    if (forceRefresh || !session || !isUsable(session)) await refresher.run();
    else if (untilRenewal(session) <= 0) refresher.runIfDue();
    return current().accessToken;
  }

  function current(): Session {
    if (session) return session;
    throw notSignedIn();
  }

  let stopListening = ignore;
  return {
    restore,
    wake,
    resume() {
      stopListening();
      stopListening = tabs.listen((tokens) => leaving || adopt(tokens, true));
      refresher.resume();
    },
    pause() {
      stopListening();
      refresher.pause();
    },
    login: (wanted) => signIn(() => plain(wanted)),
    register: (wanted) => signIn((family) => ({ ...registration(family), ...plain(wanted) })),
    createOrg: (wanted) =>
      signIn((family) => ({ ...registration(family), isCreateOrg: true, ...plain(wanted) })),
    switchOrg: (orgCode, wanted) =>
      signIn((family) => ({ prompt: "none", ...wanted, ...organization(family, orgCode) }), true),
    logout,
    getToken,
    getIdToken: async () => current().idToken ?? "",
  };
}

/** `onClick={login}` passes an event, which is no option. */
function plain(options: SignInOptions = {}): SignInOptions {
  return "target" in options ? {} : options;
}
