import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { listApplications } from "../access/index.ts";
import type { Database } from "../database/index.ts";
import { findUser } from "../directory/index.ts";
import type { Face } from "../faces/index.ts";
import { errorPage, logoutConfirmPage, signedOutPage } from "../pages/index.ts";
import { originsOf } from "../provider/client-registration.ts";
import type { BrowserSession, EndSession, SignOutRequest } from "../provider/end-session.ts";
import { formTargetsOf } from "../provider/form-targets.ts";
import { queryOf } from "../provider/query-of.ts";
import type { FormTokens } from "./form-token.ts";
import { wayBack } from "./problem-page.ts";
import { fieldsOf, formOf, sendPage } from "./send-page.ts";

export interface SignOutRoutesOptions {
  /** Scheme, host and port of this server, without a final slash. */
  address: string;
  db: Database;
  face: Face;
  endSession: EndSession;
  formTokens: FormTokens;
}

const CONFIRM = "/logout/confirm";

/**
 * The end of a session. Somebody who comes from a page of the same site, or with their ID token, is signed out
 * without a question; anybody else is asked, because any page on the web can send a browser here.
 */
export function registerSignOutRoutes(server: FastifyInstance, options: SignOutRoutesOptions): void {
  const { address, db, face, endSession, formTokens } = options;

  server.get("/logout", async (request, reply) => {
    const signOut = await endSession.read(queryOf(request.raw));
    if ("title" in signOut) return sendProblem(reply, signOut);
    const session = await endSession.session(request.raw, reply.raw);
    const silent = !face.asksBeforeSignOut && signOut.target !== undefined && (await isSilent(request));
    const ownSite = silent || fromSameSite(request);
    const meant = signOut.hint ? signOut.hint.sub === session?.userId : ownSite;
    if (session && !meant) return await ask(signOut, session, reply);
    return await leave(signOut, request, reply, session !== undefined || ownSite);
  });

  /** Whether the browser says nothing about where it comes from, or names a page of an application. */
  async function isSilent({ headers }: FastifyRequest): Promise<boolean> {
    if (headers["sec-fetch-site"] !== undefined) return false;
    const { referer } = headers;
    if (referer === undefined) return true;
    const origin = URL.parse(referer)?.origin ?? "";
    return (await listApplications(db)).some((application) => originsOf(application).includes(origin));
  }

  server.post("/logout", (request, reply) => asLink(formOf(request.body), reply));

  server.post(CONFIRM, async (request, reply) => {
    const { csrf, logout } = fieldsOf(request.body);
    const rest = formOf(request.body);
    for (const name of ["csrf", "logout"]) rest.delete(name);
    const signOut = await endSession.read(rest);
    if ("title" in signOut) return sendProblem(reply, signOut);
    if (logout !== "yes") return stay(signOut, reply);
    const session = await endSession.session(request.raw, reply.raw);
    const { origin = address } = request.headers;
    const own = session && origin === address && formTokens.accepts(subjectOf(session), csrf);
    return own ? await leave(signOut, request, reply, true) : asLink(rest, reply);
  });

  /**
   * Leads to the same request as a link: a cross-site POST carries no session cookie, so nobody would seem to be
   * signed in, and the GET that follows carries it.
   */
  function asLink(form: URLSearchParams, reply: FastifyReply) {
    return reply.redirect(`/logout?${form}`, 303);
  }

  async function ask(signOut: SignOutRequest, session: BrowserSession, reply: FastifyReply) {
    const { application, target, state, allSessions } = signOut;
    const user = await findUser(db, session.userId);
    const fields: Record<string, string> = { csrf: formTokens.issue(subjectOf(session)) };
    if (application) fields.client_id = application.clientId;
    if (target) fields.post_logout_redirect_uri = target;
    if (state) fields.state = state;
    if (allSessions) fields.all_sessions = "true";
    const html = logoutConfirmPage({
      action: CONFIRM,
      fields,
      ...(application ? { applicationName: application.name } : {}),
      ...(user ? { email: user.email } : {}),
    });
    const targets = [target, application?.homeUri].filter((uri) => typeof uri === "string");
    return sendPage(reply, html, {
      formTargets: formTargetsOf({ type: application?.type ?? "web", redirectUris: targets }),
    });
  }

  async function leave(
    signOut: SignOutRequest,
    request: FastifyRequest,
    reply: FastifyReply,
    forgetCookies: boolean,
  ) {
    await endSession.signOut(request.raw, reply.raw, signOut, { forgetCookies });
    const { target, state } = signOut;
    if (target === undefined) return sendPage(reply, signedOutPage(wayBack(signOut.application)));
    const url = new URL(target);
    if (state !== undefined) url.searchParams.set("state", state);
    return reply.redirect(state === undefined ? target : url.href, 303);
  }
}

function stay(signOut: SignOutRequest, reply: FastifyReply) {
  const back = wayBack(signOut.application);
  if (back.returnHref) return reply.redirect(back.returnHref, 303);
  const html = errorPage({
    title: "You are still signed in",
    message: "Nothing was changed. You can close this page.",
    status: 200,
  });
  return sendPage(reply, html);
}

function sendProblem(
  reply: FastifyReply,
  problem: Extract<Awaited<ReturnType<EndSession["read"]>>, { title: string }>,
) {
  const { application, ...texts } = problem;
  const html = errorPage({ ...texts, ...wayBack(application), code: "invalid_request", status: 400 });
  return sendPage(reply, html, { status: 400 });
}

function subjectOf(session: BrowserSession): string {
  return `sign-out ${session.uid}`;
}

/** Whether the browser says that a page of this site, or the person, asked. One that says nothing does not count. */
function fromSameSite(request: FastifyRequest): boolean {
  const site = request.headers["sec-fetch-site"];
  return site === "same-origin" || site === "same-site" || site === "none";
}
