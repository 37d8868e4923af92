import type { IncomingMessage, ServerResponse } from "node:http";
import { compactVerify } from "jose";
import type { Provider } from "oidc-provider";
import { type Application, findApplication, listApplications } from "../access/index.ts";
import { appendEvent } from "../audit/audit-log.ts";
import type { Database } from "../database/index.ts";
import type { Face } from "../faces/index.ts";
import { only } from "./authorization-request.ts";
import { registeredUri } from "./client-registration.ts";
import { removeEntitiesOf } from "./entity-store.ts";
import type { KeyRing } from "./key-ring.ts";
import type { KindeCookies } from "./kinde-cookies.ts";
import { cookieNames, refreshCookie } from "./provider-cookies.ts";
import { parameterProblem } from "./request-limits.ts";
import { endGrants, endGrantsOfSid } from "./sign-out.ts";

/** A request to sign out that has been understood. */
export interface SignOutRequest {
  application: Application | undefined;
  /** Where to go afterwards; registered with an application. */
  target: string | undefined;
  state: string | undefined;
  /** Whether the person's sign-ins in other browsers end as well. */
  allSessions: boolean;
  /** From an ID token of this issuer that came with the request. */
  hint: { sub: string; sid: string | undefined } | undefined;
}

export interface SignOutProblem {
  title: string;
  message: string;
  fix: string;
  application: Application | undefined;
}

/** Who is signed in at a browser. */
export interface BrowserSession {
  uid: string;
  userId: string;
}

/** Signing out: OpenID Connect RP-Initiated Logout 1.0, and the `redirect` parameter that Kinde's SDKs send. */
export interface EndSession {
  read(parameters: URLSearchParams): Promise<SignOutRequest | SignOutProblem>;
  session(request: IncomingMessage, response: ServerResponse): Promise<BrowserSession | undefined>;
  /**
   * Ends the session, its grants and, with `forgetCookies`, what the browser keeps: the session's cookie and the
   * applications' refresh cookies. A page elsewhere must not bring that about by a request that shows no session.
   */
  signOut(
    request: IncomingMessage,
    response: ServerResponse,
    signOut: SignOutRequest,
    options: { forgetCookies: boolean },
  ): Promise<void>;
}

const KNOWN = [
  "id_token_hint",
  "client_id",
  "post_logout_redirect_uri",
  "redirect",
  "redirect_uri",
  "state",
  "all_sessions",
] as const;

export function createEndSession(options: {
  issuer: string;
  db: Database;
  face: Face;
  provider: Provider;
  /** Kinde's cookies, in its face. */
  kindeCookies: KindeCookies | undefined;
  keyRing: KeyRing;
}): EndSession {
  const { issuer, db, face, provider, keyRing } = options;

  /** The claims of an ID token of ours; an expired one is as good as any (RP-Initiated Logout section 2). */
  async function readHint(jwt: string) {
    try {
      const { payload } = await compactVerify(jwt, keyRing.current().remembered, { algorithms: ["RS256"] });
      const claims = JSON.parse(new TextDecoder().decode(payload)) as Record<string, unknown>;
      const { iss, sub, sid, aud } = claims;
      const clientId = Array.isArray(aud) ? claims.azp : aud;
      if (iss !== issuer || typeof sub !== "string" || typeof clientId !== "string") return undefined;
      return { sub, sid: typeof sid === "string" ? sid : undefined, clientId };
    } catch {
      return undefined;
    }
  }

  return {
    async read(received) {
      const parameters = new URLSearchParams(received);
      face.readSignOutRequest(parameters);
      const unclear = parameterProblem(parameters);
      const repeated = KNOWN.find((name) => parameters.getAll(name).length > 1);
      if (unclear || repeated) {
        return problem(
          unclear ? `This address cannot be used: ${unclear}.` : `The parameter ${repeated} is there twice.`,
          "Send each parameter once, with a plain value.",
        );
      }
      const value = (name: (typeof KNOWN)[number]) => only(parameters, name) || undefined;
      const jwt = value("id_token_hint");
      const hint = jwt === undefined ? undefined : await readHint(jwt);
      if (jwt !== undefined && !hint) {
        return problem(
          "The id_token_hint is not an ID token of this issuer.",
          "Send the ID token of the sign-in that is to end, or leave the parameter out.",
        );
      }
      const clientId = value("client_id") ?? hint?.clientId;
      const application = clientId === undefined ? undefined : await findApplication(db, clientId);
      if (clientId !== undefined && !application) {
        return problem("The application is not known here.", "Compare the client id with the configuration.");
      }
      if (hint && hint.clientId !== clientId) {
        return problem(
          "The id_token_hint was issued to another application than client_id names.",
          "Send the ID token of this application.",
        );
      }
      const wanted = value("post_logout_redirect_uri") ?? value("redirect") ?? value("redirect_uri");
      const target = wanted === undefined ? undefined : await registeredTarget(db, face, application, wanted);
      if (wanted !== undefined && target === undefined) {
        return problem(
          "The address to return to after signing out is not registered. You were not signed out.",
          "For developers: add it exactly as the application sends it to postLogoutRedirectUris in hallpass.config.ts.",
          application,
        );
      }
      return {
        application,
        target,
        state: value("state"),
        allSessions: value("all_sessions") === "true",
        hint,
      };
    },

    async session(request, response) {
      const { uid, accountId } = await provider.Session.get(provider.createContext(request, response));
      return accountId === undefined ? undefined : { uid, userId: accountId };
    },

    async signOut(request, response, { application, target, allSessions, hint }, { forgetCookies }) {
      const context = provider.createContext(request, response);
      const session = await provider.Session.get(context);
      const clients = new Set(Object.keys(session.authorizations ?? {}));
      if (application) clients.add(application.clientId);
      // Kinde's SDKs name no application, and their session may have ended before.
      else for (const { clientId } of await ownersOf(db, target)) clients.add(clientId);
      await endGrants(db, session);
      if (hint?.sid) await endGrantsOfSid(db, hint.sid);
      if (session.accountId !== undefined) {
        if (allSessions) await removeEntitiesOf(db, session.accountId);
        await appendEvent(db, {
          type: "sign_out",
          outcome: "ok",
          actorId: session.accountId,
          source: context.ip,
          detail: { all_sessions: allSessions },
          ...(application ? { clientId: application.clientId } : {}),
        });
        await session.destroy();
      }
      if (!forgetCookies) return;
      context.cookies.set(cookieNames(issuer).session, null, { path: "/", sameSite: "lax", httpOnly: true });
      for (const clientId of clients) {
        response.appendHeader("set-cookie", refreshCookie({ issuer, path: face.tokenPath }, clientId, "", 0));
      }
      for (const cookie of (await options.kindeCookies?.forget(clients)) ?? []) {
        response.appendHeader("set-cookie", cookie);
      }
    },
  };
}

function problem(message: string, fix: string, application?: Application): SignOutProblem {
  return { title: "Signing out did not work", message, fix, application };
}

/**
 * Kinde's SDKs name no application, so an address that any application registers for this counts; with an
 * application it has to be its own.
 */
async function registeredTarget(
  db: Database,
  face: Face,
  application: Application | undefined,
  uri: string,
): Promise<string | undefined> {
  const candidates = application ? [application] : await listApplications(db);
  for (const { postLogoutRedirectUris } of candidates) {
    const registered = registeredUri(postLogoutRedirectUris, uri, face);
    if (registered !== undefined) return registered;
  }
  return undefined;
}

/** The applications that a registered target belongs to. */
async function ownersOf(db: Database, target: string | undefined): Promise<Application[]> {
  if (target === undefined) return [];
  const applications = await listApplications(db);
  return applications.filter(({ postLogoutRedirectUris }) => postLogoutRedirectUris.includes(target));
}
