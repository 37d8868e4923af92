import { createLogoutDelivery } from "./back-channel/logout-delivery.ts";
import { registerControlRoutes } from "./control/control-routes.ts";
import { createControlPanel } from "./control/controls.ts";
import { createPasswordHasher } from "./credentials/index.ts";
import { developmentPage, developmentView } from "./development/index.ts";
import { type Face, faceNamed } from "./faces/index.ts";
import { createFrontDoor } from "./front-door.ts";
import { createHttpListener } from "./http-listener.ts";
import type { Identity, IdentityOptions } from "./identity.ts";
import { registerAccountRoutes } from "./interactions/account-routes.ts";
import { devicePage } from "./interactions/device-page.ts";
import { createFormTokens } from "./interactions/form-token.ts";
import { problemPage, refusedRequestPage, tooManyStartsPage } from "./interactions/problem-page.ts";
import { sendPage } from "./interactions/send-page.ts";
import { registerSignInRoutes } from "./interactions/sign-in-routes.ts";
import { registerSignOutRoutes } from "./interactions/sign-out-routes.ts";
import { createPagesServer, type ServerRoute } from "./pages-server.ts";
import { createAccessTokenCheck, createAccessTokenReader } from "./provider/access-token-check.ts";
import { createClientAuthentication } from "./provider/client-authentication.ts";
import type { Clock } from "./provider/clock.ts";
import { completeIdToken } from "./provider/complete-id-token.ts";
import { createDeviceFlow } from "./provider/device-flow.ts";
import { createDpopCheck } from "./provider/dpop-proof.ts";
import { encryptAtRest } from "./provider/encrypt-at-rest.ts";
import { createEndSession } from "./provider/end-session.ts";
import { removeExpired } from "./provider/entity-store.ts";
import { loadInstanceSecrets } from "./provider/instance-secrets.ts";
import { createJwtEndpoints } from "./provider/jwt-endpoints.ts";
import { openKeyRing, REFRESH_INTERVAL } from "./provider/key-ring.ts";
import { createKindeCookies } from "./provider/kinde-cookies.ts";
import { createOpenidProvider } from "./provider/openid-provider.ts";
import { createPresentedToken } from "./provider/presented-token.ts";
import { registerProfileRoutes } from "./provider/profile-routes.ts";
import { createRefreshRotation } from "./provider/refresh-rotation.ts";
import { pagePolicy } from "./provider/security-headers.ts";
import { createSignIns } from "./provider/sign-ins.ts";
import { createStartLimit } from "./provider/start-limit.ts";
import { algorithmsOf } from "./provider/token-algorithm.ts";
import { createTokenEndpoint, forgottenRefreshCookie } from "./provider/token-endpoint.ts";
import { createTokenRoutes } from "./provider/token-routes.ts";
import { createProxyWarning } from "./proxy-warning.ts";
import { applySettings, withOwnApis } from "./settings/index.ts";
import { openData, readOptions, readSettings, withPort } from "./start-up.ts";
import { allUsers, invitationOperations, issueToken } from "./user-operations.ts";

/** Ids of sign-ins in an address, which are nothing for a log. */
const IDS = /[\w-]{21,}/g;

/** Milliseconds between two clearings of what has expired. */
const CLEARING_INTERVAL = 10 * 60 * 1000;

/** Sign-ins that may be begun from one source in a minute. */
const STARTS_PER_MINUTE = 60;

const PROXY_UNTRUSTED =
  "Requests come through a proxy (they carry X-Forwarded-For), so all people seem to come from one address and share one allowance of attempts. If the proxy is yours and sets that header, start with --trust-proxy (trustProxy: true).";

/**
 * Makes an identity server from a configuration and a data folder. It is complete but for its port, which
 * `listen()` opens; with `port: 0` the port is reserved here, because the issuer names it.
 *
 * @throws IdentityError when something is wrong that the person who runs it can mend.
 */
export async function createIdentity(options: IdentityOptions): Promise<Identity> {
  const { mode, log = () => {}, trustProxy = false } = options;
  const start = readOptions(options);
  const { settings, secret, previousSecret, host } = start;
  const face = faceNamed(settings.face);
  const listener = createHttpListener();
  const port = start.issuer === undefined ? await listener.listen(host, start.port) : start.port;
  const address = start.issuer ?? withPort(settings.issuer, port);
  const issuer = face.issuerOf(address);
  const db = await openData(options.dataDir).catch(async (error: unknown) => {
    await listener.close();
    throw error;
  });

  try {
    return await compose();
  } catch (error) {
    await listener.close();
    await db.close();
    throw error;
  }

  async function compose(): Promise<Identity> {
    const passwords = createPasswordHasher();
    const complete = readSettings(() => withOwnApis(settings, face, address));
    await applySettings(db, complete, { seedUsers: mode === "development" && passwords });
    await encryptAtRest(db, secret, previousSecret);
    const secrets = await loadInstanceSecrets(db, secret);
    const panel = options.control && createControlPanel();
    const offset = () => panel?.controls.clockOffset ?? 0;
    const clock: Clock = { offset, now: () => Date.now() + offset() * 1000 };
    const accessTokenLifetime = () => panel?.controls.accessTokenLifetime ?? settings.lifetimes.accessToken;
    const corsEnabled = () => panel?.controls.cors ?? true;
    const onServerError = (error: unknown, path: string) => {
      const { name, message } = error instanceof Error ? error : new Error("unknown");
      log({ type: "server_error", path: path.replace(IDS, ":id"), name, message });
    };

    const keyRing = await openKeyRing({
      db,
      clock,
      instanceSecret: secret,
      algorithms: algorithmsOf(settings.apis),
      rotateAfter: settings.keys.rotateAfter,
      hintLifetime: settings.lifetimes.session,
    });
    const refreshKeys = () =>
      keyRing.refresh().catch((error: unknown) => onServerError(error, "the signing keys"));
    const rotation = createRefreshRotation(db);
    const { cookieDomain, lifetimes } = settings;
    const kindeCookies = face.kindeCookies
      ? createKindeCookies({ issuer, db, cookieDomain, lifetime: lifetimes.refreshToken })
      : undefined;
    const tokenEndpoint = createTokenEndpoint({
      issuer,
      db,
      face,
      rotation,
      kindeCookies,
      refreshTokenLifetime: settings.lifetimes.refreshToken,
      takeFault(fault) {
        const name = fault === "refuse_refresh" ? "refuseNextRefresh" : "loseNextRefreshAnswer";
        const due = panel?.controls[name] ?? false;
        if (due) panel?.change({ [name]: false });
        return due;
      },
      amendAnswer: (answer) => completeIdToken(answer, { db, face, keys: keyRing.current(), clock }),
    });
    const clients = createClientAuthentication({ issuer, db });
    const readAccessToken = createAccessTokenReader({ issuer, keyRing, clock });
    const checkAccessToken = createAccessTokenCheck(db, readAccessToken);
    const jwtEndpoints = createJwtEndpoints({ db, readAccessToken, checkAccessToken, clock });
    const deviceFlow = createDeviceFlow({
      db,
      renderDevice: (view) => ({ html: devicePage(view), policy: pagePolicy() }),
    });
    const openid = createOpenidProvider({
      issuer,
      db,
      face,
      keyRing,
      providerSecret: clients.providerSecret,
      secrets,
      rotation,
      clock,
      tokenEndpoint,
      jwtEndpoints,
      deviceFlow,
      accessTokenLifetime,
      corsEnabled,
      onServerError,
      lifetimes,
      demandedPrompt: () => panel?.controls.prompt ?? undefined,
      renderProblem: (problem) => ({
        html: problemPage(problem, { host: new URL(issuer).host, forDevelopers: mode === "development" }),
        policy: pagePolicy(),
      }),
    });
    const formTokens = createFormTokens(secrets.formKey);

    const { server: pages, routes } = createPagesServer({ db, trustProxy, onServerError });
    const logouts = createLogoutDelivery({
      issuer,
      db,
      keyRing,
      clock,
      allowPrivate: mode === "development",
      onError: (error) => onServerError(error, "backchannel_logout"),
    });
    const signIns = createSignIns(openid.provider, db, logouts);
    registerSignInRoutes(pages, { address, db, passwords, formTokens, signIns });
    const endSession = createEndSession({
      issuer,
      db,
      face,
      keyRing,
      kindeCookies,
      logouts,
      provider: openid.provider,
    });
    registerAccountRoutes(pages, { address, db, formTokens, endSession });
    registerSignOutRoutes(pages, { address, db, face, formTokens, endSession });
    const presentedToken = createPresentedToken({
      issuer,
      address,
      checkAccessToken,
      checkProof: createDpopCheck(db),
    });
    const tokenRoutes = createTokenRoutes({ issuer, db, presentedToken, corsEnabled });
    registerProfileRoutes(pages, { db, face, tokenRoutes });
    face.registerRoutes(pages, { db, address, tokenRoutes });
    if (panel && options.control) registerControlRoutes(pages, panel, options.control.secret);
    if (mode === "development") {
      pages.get("/", async (_request, reply) =>
        sendPage(reply, developmentPage(await developmentView(db, { ...settings, issuer }))),
      );
    }
    await pages.ready();

    const frontDoor = createFrontDoor({
      address,
      mode,
      db,
      face,
      tokenEndpoint,
      trustProxy,
      panel,
      onServerError,
      provider: openid.handle,
      pages: pages.routing,
      refreshKeys,
      clients,
      jwtEndpoints,
      forgetRefreshCookie: (form, origin) =>
        forgottenRefreshCookie(db, { issuer, path: face.tokenPath }, form, origin),
      renderProblem: (description) => ({
        html: refusedRequestPage(description),
        policy: pagePolicy(),
      }),
      renderTooMany: () => ({ html: tooManyStartsPage(), policy: pagePolicy() }),
      // A developer's machine is one source, with all of its tests.
      startLimit: mode === "production" ? createStartLimit({ perMinute: STARTS_PER_MINUTE }) : undefined,
      lookForProxy: createProxyWarning(() => {
        if (mode === "production") log({ type: "warning", message: PROXY_UNTRUSTED });
      }),
    });
    listener.answerWith(frontDoor.listener);
    await removeExpired(db);
    const clearing = setInterval(() => {
      removeExpired(db).catch((error: unknown) => onServerError(error, "clearing"));
    }, CLEARING_INTERVAL);
    clearing.unref();
    const refreshing = setInterval(refreshKeys, REFRESH_INTERVAL);
    refreshing.unref();

    let closing: Promise<void> | undefined;
    async function closeAll(): Promise<void> {
      clearInterval(clearing);
      clearInterval(refreshing);
      await listener.close();
      await pages.close();
      await logouts.close();
      await db.close();
      log({ type: "closed" });
    }
    const close = () => {
      closing ??= closeAll();
      return closing;
    };

    const identity: Identity = {
      issuer,
      issueToken: (input) =>
        issueToken({ issuer, db, face, keyRing, clock }, settings, accessTokenLifetime(), input),
      users: () => allUsers(db),
      invitations: invitationOperations(db),
      close,
      [Symbol.asyncDispose]: close,
      async listen() {
        await listener.listen(host, port);
        log({ type: "listening", url: address });
        return { url: address };
      },
      describe: () => ({
        issuer,
        discoveryUrl: `${address}/.well-known/openid-configuration`,
        applications: settings.applications.map(({ secrets: _, ...application }) => application),
        apis: settings.apis,
      }),
    };
    serverRoutes.set(identity, withAliases([...frontDoor.routes, ...routes], face));
    return identity;
  }
}

function withAliases(routes: readonly ServerRoute[], face: Face): ServerRoute[] {
  const others = Object.entries(face.aliases).flatMap(([path, own]) =>
    routes.filter((route) => route.path === own).map(({ method }) => ({ method, path })),
  );
  return [...routes, ...others];
}

const serverRoutes = new WeakMap<Identity, readonly ServerRoute[]>();

/** Every address that a server answers at, so that nobody who tests them all forgets one. */
export function routesOf(identity: Identity): readonly ServerRoute[] {
  return serverRoutes.get(identity) ?? [];
}
