import { AuthError, isAuthError } from "./auth-error.ts";
import type { AuthRequest } from "./auth-request.ts";
import { failure, PRIVATE } from "./failure.ts";
import type { JsonValue, LoginOptions } from "./options.ts";
import type { Outcome } from "./outcome.ts";
import { parametersOf } from "./query.ts";
import type { ServerAuth } from "./server-auth.ts";
import type { Session } from "./session.ts";

/** The routes of signing in and out. */
export type AuthAction =
  | "login"
  | "register"
  | "create-org"
  | "callback"
  | "logout"
  | "user"
  | "back-channel-logout";

/** A request of one of the routes. */
export interface ActionRequest extends AuthRequest {
  /** From the path on, or whole. */
  readonly url: string;
  /** The form of a POST request, as text. */
  readonly body?: string | undefined;
}

/** Does what a route is for. Every {@link AuthError} becomes an outcome. */
export async function performAction(
  auth: Pick<ServerAuth, "session" | "backChannelLogout" | "addresses">,
  action: AuthAction,
  request: ActionRequest,
): Promise<Outcome> {
  let session: Session | undefined;
  try {
    if (action === "back-channel-logout") {
      await auth.backChannelLogout(new URLSearchParams(request.body).get("logout_token") ?? "");
      return { status: 200, cookies: [], headers: { ...PRIVATE, "cache-control": "no-store" } };
    }
    session = await auth.session(request);
    return { cookies: session.cookies, ...(await routes[action](session, request)) };
  } catch (error) {
    if (!isAuthError(error)) throw error;
    // A callback that comes twice, by the back button or a reload, changes nothing for who is signed in by now.
    if (action === "callback" && error.code === "sign_in_expired" && session?.isAuthenticated()) {
      return { status: 303, location: "/", cookies: session.cookies, headers: PRIVATE };
    }
    const login = `${auth.addresses.basePath}/login`;
    const { returnTo = "/" } = error;
    // A path that is safe and encoded: whoever starts again still arrives where they wanted to be.
    const again = returnTo === "/" ? login : `${login}?returnTo=${encodeURIComponent(returnTo)}`;
    return failure(error, request, again, session?.cookies);
  }
}

type Answer = Omit<Outcome, "cookies"> & { readonly cookies?: readonly string[] };

/** The cookies are read after the work: by then the session has set its own. */
const routes: Record<
  Exclude<AuthAction, "back-channel-logout">,
  (session: Session, request: ActionRequest) => Promise<Answer>
> = {
  login: async (session, request) => leave(session, await session.getLoginUrl(loginOptionsOf(request))),
  register: async (session, request) => leave(session, await session.getRegisterUrl(loginOptionsOf(request))),
  "create-org": async (session, request) => leave(session, await session.createOrg(loginOptionsOf(request))),
  async callback(session, request) {
    const { returnTo } = await session.completeSignIn(request.url);
    return leave(session, returnTo);
  },
  logout: async (session) => leave(session, await session.logout()),
  async user(session) {
    if (!session.isAuthenticated()) throw new AuthError("not_signed_in", "nobody is signed in");
    return {
      status: 200,
      cookies: session.cookies,
      headers: { ...PRIVATE, "content-type": "application/json" },
      body: JSON.stringify({
        user: session.getUserDetails(),
        organization: session.getOrganization(),
        organizations: session.getUserOrganizations(),
        permissions: session.getPermissions(),
        roles: session.getRoles(),
        appState: session.appState ?? null,
      }),
    };
  },
};

function leave(session: Session, location: string): Answer {
  return { status: 303, location, cookies: session.cookies, headers: PRIVATE };
}

const PROMPTS = ["none", "login", "consent", "select_account", "create"] as const;

/** What a link to a route may ask for. */
function loginOptionsOf({ url }: ActionRequest): LoginOptions {
  const parameters = parametersOf(url);
  const read = (...names: readonly string[]): string | undefined =>
    names.map((name) => parameters.get(name)).find((value) => value !== null && value !== "") ?? undefined;
  const prompt = PROMPTS.find((name) => name === read("prompt"));
  const values = {
    returnTo: read("returnTo", "return_to"),
    appState: read("appState", "app_state") as JsonValue | undefined,
    orgCode: read("orgCode", "org_code"),
    orgName: read("orgName", "org_name"),
    loginHint: read("loginHint", "login_hint"),
    connectionId: read("connectionId", "connection_id"),
    lang: read("lang"),
    invitationCode: read("invitationCode", "invitation_code"),
    prompt,
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
