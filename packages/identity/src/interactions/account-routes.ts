import type { FastifyInstance, FastifyReply } from "fastify";
import { type Application, findApplication } from "../access/index.ts";
import type { Database } from "../database/index.ts";
import { findUser, organizationsOf } from "../directory/index.ts";
import { accountPage, errorPage, signedOutPage } from "../pages/index.ts";
import { only } from "../provider/authorization-request.ts";
import { originsOf } from "../provider/client-registration.ts";
import type { BrowserSession, EndSession } from "../provider/end-session.ts";
import { queryOf } from "../provider/query-of.ts";
import { parameterProblem } from "../provider/request-limits.ts";
import type { FormTokens } from "./form-token.ts";
import { refusedRequestPage, wayBack } from "./problem-page.ts";
import { formOf, sendPage } from "./send-page.ts";

const ACCOUNT = "/account";
const PARAMETERS = ["client_id", "return_url", "subnav", "csrf"] as const;

export interface AccountRoutesOptions {
  /** Scheme, host and port of this server, without a final slash. */
  address: string;
  db: Database;
  endSession: EndSession;
  formTokens: FormTokens;
}

/** The page of somebody's own account, which applications link to with the way back. */
export function registerAccountRoutes(server: FastifyInstance, options: AccountRoutesOptions): void {
  const { address, db, endSession, formTokens } = options;

  server.get(ACCOUNT, async (request, reply) => {
    const query = queryOf(request.raw);
    const problem = parameterProblem(query) ?? repeated(query);
    if (problem) return sendPage(reply, refusedRequestPage(problem), { status: 400 });
    const application = await findApplication(db, only(query, "client_id") ?? "");
    const back = wayBackTo(application, only(query, "return_url"));
    const session = await endSession.session(request.raw, reply.raw);
    const user = session && (await findUser(db, session.userId));
    if (!session || !user) return sendSignedOut(reply, back);
    const html = accountPage({
      action: `${ACCOUNT}/sign-out-everywhere`,
      fields: {
        csrf: formTokens.issue(subjectOf(session)),
        ...(application ? { client_id: application.clientId } : {}),
      },
      name: user.name,
      email: user.email,
      organizations: await organizationsOf(db, user.id),
      ...(/plan|payment/.test(only(query, "subnav") ?? "")
        ? { note: "Plans and payments are not kept here: ask the people who run the application." }
        : {}),
      ...back,
    });
    return sendPage(reply, html);
  });

  server.post(`${ACCOUNT}/sign-out-everywhere`, async (request, reply) => {
    const form = formOf(request.body);
    const problem = parameterProblem(form) ?? repeated(form);
    if (problem) return sendPage(reply, refusedRequestPage(problem), { status: 400 });
    const csrf = only(form, "csrf");
    const application = await findApplication(db, only(form, "client_id") ?? "");
    const back = wayBack(application);
    const session = await endSession.session(request.raw, reply.raw);
    if (!session) return sendSignedOut(reply, back);
    const { origin = address } = request.headers;
    if (origin !== address || !formTokens.accepts(subjectOf(session), csrf)) {
      return await reply.redirect(ACCOUNT, 303);
    }
    const signOut = { application, target: undefined, state: undefined, hint: undefined, allSessions: true };
    await endSession.signOut(request.raw, reply.raw, signOut, { forgetCookies: true });
    return sendPage(reply, signedOutPage(back));
  });
}

function sendSignedOut(reply: FastifyReply, back: ReturnType<typeof wayBack>) {
  const html = errorPage({
    title: "You are not signed in here",
    message: "Your account can be seen once you have signed in to an application.",
    code: "not_signed_in",
    status: 401,
    ...back,
  });
  return sendPage(reply, html, { status: 401 });
}

/** The address an application gave to return to, if it is one of its own; its start page otherwise. */
function wayBackTo(application: Application | undefined, returnUrl: string | undefined) {
  const back = wayBack(application);
  const own = application && returnUrl && originsOf(application).includes(URL.parse(returnUrl)?.origin ?? "");
  return own ? { ...back, returnHref: returnUrl } : back;
}

function repeated(query: URLSearchParams): string | undefined {
  const name = PARAMETERS.find((each) => query.getAll(each).length > 1);
  return name && `the parameter ${name} is there twice`;
}

function subjectOf(session: BrowserSession): string {
  return `account ${session.uid}`;
}
