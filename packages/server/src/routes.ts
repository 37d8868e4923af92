import type { AuthAction } from "./actions.ts";
import { AuthError, isAuthError } from "./auth-error.ts";
import { type AuthRequest, headerOf } from "./auth-request.ts";
import { failure, PRIVATE } from "./failure.ts";
import type { Outcome } from "./outcome.ts";
import { comesFrom, isNavigation, isOwnNavigation, isPrefetch } from "./provenance.ts";
import type { ServerAuth } from "./server-auth.ts";
import type { Session } from "./session.ts";
import { signOutPage } from "./sign-out-page.ts";

/** What the routes and the middlewares need of {@link ServerAuth}. */
export type RoutesAuth = Pick<ServerAuth, "session" | "handle" | "addresses">;

export interface ProtectionOptions {
  /** Told of every {@link AuthError}, with more than the browser is told: for logs. */
  readonly onError?: ((error: AuthError) => void) | undefined;
  /**
   * Other origins whose pages may change something here, such as `https://admin.example.com`. Default: none but the
   * origin of `redirectUri`.
   */
  readonly allowedOrigins?: readonly string[] | undefined;
}

/** A request as an adapter passes it on. */
export interface RouteRequest extends AuthRequest {
  readonly method: string;
  /** From the path on, or whole, as the client asked for it. */
  readonly url: string;
}

/** The form that the issuer posts is read by whoever knows the framework. @returns undefined if it is too long */
export type ReadForm = () => Promise<string | undefined>;

/** More than any logout token has. */
export const LONGEST_FORM = 65_536;

const METHODS: Readonly<Record<AuthAction, readonly string[]>> = {
  login: ["GET"],
  register: ["GET"],
  "create-org": ["GET"],
  callback: ["GET"],
  logout: ["GET", "POST"],
  user: ["GET"],
  "back-channel-logout": ["POST"],
};

/** The paths of all routes. */
export function routePaths({ addresses }: RoutesAuth): ReadonlyMap<string, AuthAction> {
  const { basePath, callbackPath } = addresses;
  const actions = (Object.keys(METHODS) as AuthAction[]).filter((action) => action !== "callback");
  return new Map([
    ...actions.map((action): [string, AuthAction] => [`${basePath}/${action}`, action]),
    [callbackPath, "callback"],
  ]);
}

/** Answers a request of one of the routes. @returns undefined for a request of another path */
export async function answerRoute(
  auth: RoutesAuth,
  paths: ReadonlyMap<string, AuthAction>,
  request: RouteRequest,
  readForm: ReadForm,
  options: ProtectionOptions,
): Promise<Outcome | undefined> {
  const action = paths.get(pathOf(request.url));
  if (action === undefined) return undefined;
  const methods = METHODS[action];
  if (!methods.includes(request.method))
    return { status: 405, cookies: [], headers: { ...PRIVATE, allow: methods.join(", ") } };
  return reported(await answer(auth, action, request, readForm, options), options);
}

async function answer(
  auth: RoutesAuth,
  action: AuthAction,
  { method, url, headers }: RouteRequest,
  readForm: ReadForm,
  options: ProtectionOptions,
): Promise<Outcome> {
  // Of its own, with a session of its own: its cookies are in the outcome, whatever else asked for the session before.
  const request = { method, url, headers };
  if (action === "back-channel-logout")
    return await auth.handle(action, { ...request, body: await readForm() });
  if (action === "logout") return await logOut(auth, request, options);
  if (action === "user" || action === "callback") return await auth.handle(action, request);
  // Begun by a prefetch or a picture, sign-ins would push out the one that the person is in.
  if (isPrefetch(request) || (headerOf(request, "sec-fetch-mode") !== undefined && !isNavigation(request)))
    return refused(auth, request, "this route begins a sign-in: send the browser there");
  return await auth.handle(action, request);
}

async function logOut(auth: RoutesAuth, request: RouteRequest, options: ProtectionOptions): Promise<Outcome> {
  if (request.method === "POST") {
    const foreign = requireSameOrigin(auth, request, options);
    if (foreign !== undefined) return foreign;
  } else if (!isOwnNavigation(request)) {
    return isNavigation(request)
      ? signOutPage(`${auth.addresses.basePath}/logout`)
      : refused(auth, request, "a script signs out with POST");
  }
  const outcome = await auth.handle("logout", request);
  if (outcome.location === undefined || isNavigation(request)) return outcome;
  // A script cannot follow a redirect to another origin: it is told where to send the browser.
  const { location, cookies, headers } = outcome;
  return {
    status: 200,
    cookies,
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify({ url: location }),
  };
}

/**
 * Lets through requests that change nothing, and those that no page of another origin can have sent.
 *
 * @returns the answer to one that must not pass
 */
export function requireSameOrigin(
  auth: RoutesAuth,
  request: RouteRequest,
  { allowedOrigins = [] }: ProtectionOptions,
): Outcome | undefined {
  if (["GET", "HEAD", "OPTIONS"].includes(request.method)) return undefined;
  if (comesFrom(request, [auth.addresses.origin, ...allowedOrigins])) return undefined;
  return refused(
    auth,
    request,
    `${request.method} is for pages of ${auth.addresses.origin}; a program that is no browser adds the header X-Hallpass: 1`,
  );
}

/**
 * The session of a request that only somebody who is signed in may make, or the answer instead: a document leads to the
 * sign-in and back, anything else is told that nobody is signed in.
 *
 * @param sessionOf finds it, with the request that the framework has
 */
export async function requireSession(
  auth: RoutesAuth,
  request: RouteRequest,
  options: ProtectionOptions,
  sessionOf: () => Promise<Session>,
): Promise<Session | Outcome> {
  const login = `${auth.addresses.basePath}/login`;
  let session: Session;
  try {
    const foreign = requireSameOrigin(auth, request, options);
    if (foreign !== undefined) return reported(foreign, options);
    session = await sessionOf();
  } catch (error) {
    if (!isAuthError(error)) throw error;
    return reported(failure(error, request, login), options);
  }
  if (session.isAuthenticated()) return session;
  if (request.method !== "GET" || !isNavigation(request)) {
    const nobody = new AuthError("not_signed_in", "nobody is signed in");
    return reported(failure(nobody, request, login), options);
  }
  const location = `${login}?returnTo=${encodeURIComponent(fromPath(request.url))}`;
  return { status: 303, location, cookies: [], headers: PRIVATE };
}

/** Whether `requireSession` has let the request pass. */
export function isSession(result: Session | Outcome): result is Session {
  return "isAuthenticated" in result;
}

/** Tells of a failure, as often as it is answered. */
export function reported<T extends Outcome | undefined>(outcome: T, { onError }: ProtectionOptions): T {
  if (outcome?.error !== undefined) onError?.(outcome.error);
  return outcome;
}

function refused({ addresses }: RoutesAuth, request: AuthRequest, message: string): Outcome {
  return failure(new AuthError("cross_site", message), request, `${addresses.basePath}/login`);
}

/** An address without scheme and host. */
function fromPath(url: string): string {
  return url.startsWith("/") ? url : url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "") || "/";
}

function pathOf(url: string): string {
  return fromPath(url).replace(/[?#].*$/s, "");
}
