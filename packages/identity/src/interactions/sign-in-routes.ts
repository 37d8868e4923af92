import type { FastifyInstance, FastifyReply } from "fastify";
import { authenticate, type PasswordHasher } from "../credentials/index.ts";
import type { Database } from "../database/index.ts";
import { DirectoryError, findUser, registerUser } from "../directory/index.ts";
import { consentPage, type RegisterView, registerPage, signInPage } from "../pages/index.ts";
import type { OpenSignIn, OrganizationEntry, SignInResult, SignIns } from "../provider/sign-ins.ts";
import type { FormTokens } from "./form-token.ts";
import { registerInvitationRoutes } from "./invitation-routes.ts";
import { newOrganization, registerOrganizationRoutes } from "./organization-routes.ts";
import { contextOf, createPageRoutes, noticeOf } from "./page-routes.ts";
import { fieldsOf } from "./send-page.ts";

export interface SignInRoutesOptions {
  address: string;
  db: Database;
  passwords: PasswordHasher;
  signIns: SignIns;
  formTokens: FormTokens;
}

/** The pages between an authorization request and its answer: sign-in, registration, organization, consent. */
export function registerSignInRoutes(server: FastifyInstance, options: SignInRoutesOptions): void {
  const { db, passwords, signIns } = options;

  const routes = createPageRoutes(server, options);
  const { show, submit, form, send, showAgain, sendClosed } = routes;
  const organizations = registerOrganizationRoutes(routes, options);
  const invitations = registerInvitationRoutes(routes, options);

  show("/interaction/:uid", async (signIn, request, reply) => {
    const { prompt } = signIn;
    const entrance = prompt === "create" || prompt === "login";
    // Nobody should fill in a form for an invitation that leads nowhere.
    if (prompt === "invitation" || (entrance && (await invitations.of(signIn))?.refusal)) {
      return await invitations.page(signIn, request, reply);
    }
    if (prompt === "create") return await sendRegister(signIn, reply);
    if (prompt === "login") return await sendSignIn(signIn, reply);
    if (prompt === "consent") return await sendConsent(signIn, reply);
    const page = Object.entries(organizations).find(([name]) => name === prompt)?.[1];
    if (page) return await page(signIn, request, reply);
    return await sendClosed({ state: "expired", application: signIn.application }, request, reply);
  });
  show("/interaction/:uid/sign-in", (signIn, _request, reply) =>
    sendSignIn(signIn, reply, noticeOf(signIn, "sign-in")),
  );
  show("/interaction/:uid/register", (signIn, _request, reply) =>
    sendRegister(signIn, reply, noticeOf(signIn, "register")),
  );
  submit("/interaction/:uid/sign-in", async (signIn, request, reply) => {
    const { email: typed = "", password = "" } = fieldsOf(request.body);
    const email = (await invitedEmail(signIn)) ?? typed;
    const outcome = await authenticate(db, passwords, {
      email,
      password,
      remoteAddress: request.ip,
      context: contextOf(signIn),
    });
    if (outcome.ok) {
      const { user } = outcome;
      const answer = await invitations.accept(signIn, user, request);
      const result: SignInResult = { userId: user.id };
      if (answer && "organization" in answer) result.entered = { ...answer, answers: "invitation" };
      return await reply.redirect(await signIns.signIn(request.raw, reply.raw, result), 303);
    }
    if (outcome.reason === "wrong_credentials") {
      return await showAgain(signIn, request, reply, {
        page: "sign-in",
        email,
        error: "The e-mail address or the password is not right. Please check both and try again.",
      });
    }
    reply.header("retry-after", String(outcome.retryAfter));
    return await sendSignIn(
      signIn,
      reply,
      { email, error: waitMessage(outcome.reason, outcome.retryAfter) },
      outcome.reason === "busy" ? 503 : 429,
    );
  });

  submit("/interaction/:uid/register", async (signIn, request, reply) => {
    const { email: typedEmail = "", password = "", givenName = "", familyName = "" } = fieldsOf(request.body);
    const invited = await invitations.of(signIn);
    if (invited?.refusal) return await reply.redirect(`/interaction/${signIn.uid}`, 303);
    const email = invited?.invitation?.email ?? typedEmail;
    let entered: OrganizationEntry | undefined;
    const join = async (trx: Database, id: string) => {
      const answer = await invitations.accept(signIn, { id, email }, request, trx);
      // Somebody else was faster: no account comes of it, and the page says what became of the invitation.
      if (!answer || "refused" in answer) {
        throw new DirectoryError("invitation_unknown", "The invitation is not open any more.");
      }
      entered = { ...answer, answers: "invitation" };
    };
    try {
      const user = await registerUser(db, passwords, {
        email,
        password,
        givenName,
        familyName,
        remoteAddress: request.ip,
        context: contextOf(signIn),
        serviceName: signIn.application.name,
        ...(invited ? { join } : {}),
      });
      entered ??= await createdOnTheWay(signIn, user.id);
      const result: SignInResult = { userId: user.id, ...(entered ? { entered } : {}) };
      return await reply.redirect(await signIns.signIn(request.raw, reply.raw, result), 303);
    } catch (error) {
      if (!(error instanceof DirectoryError)) throw error;
      if (error.code === "invitation_unknown") return await reply.redirect(`/interaction/${signIn.uid}`, 303);
      const typed = { email, givenName, familyName };
      if (error.retryAfter === undefined) {
        return await showAgain(signIn, request, reply, { page: "register", ...typed, errors: error.fields });
      }
      reply.header("retry-after", String(error.retryAfter));
      const status = error.code === "busy" ? 503 : 429;
      return await sendRegister(signIn, reply, { ...typed, errors: { form: error.message } }, status);
    }
  });

  submit("/interaction/:uid/consent", async (signIn, request, reply) => {
    const { decision } = fieldsOf(request.body);
    if (signIn.prompt !== "consent" || (decision !== "allow" && decision !== "deny")) {
      return await reply.redirect(`/interaction/${signIn.uid}`, 303);
    }
    return await reply.redirect(await signIns.decide(request.raw, reply.raw, decision === "allow"), 303);
  });

  /** The address that an invitation is bound to; whoever comes with it can be nobody else. */
  async function invitedEmail(signIn: OpenSignIn): Promise<string | undefined> {
    const invited = await invitations.of(signIn);
    return invited?.refusal ? undefined : (invited?.invitation?.email ?? undefined);
  }

  /** What the forms say about an invitation that can be accepted with them. */
  async function invitationView(signIn: OpenSignIn) {
    const invited = await invitations.of(signIn);
    if (!invited?.invitation || invited.refusal) return {};
    const { organization, email } = invited.invitation;
    return {
      invitedTo: organization.name,
      ...(email === null ? {} : { email, emailFixed: true }),
    };
  }

  /** A name that cannot be one is asked for again on a page of its own: the account exists by now. */
  async function createdOnTheWay(
    signIn: OpenSignIn,
    ownerId: string,
  ): Promise<OrganizationEntry | undefined> {
    const { is_create_org: wanted, org_name: name } = signIn.parameters;
    if (wanted !== "true" || typeof name !== "string" || name.trim() === "") return undefined;
    const answer = await newOrganization(db, signIn, ownerId, name);
    return "error" in answer ? undefined : { organization: answer.code, answers: "create_organization" };
  }

  async function sendSignIn(
    signIn: OpenSignIn,
    reply: FastifyReply,
    more: { email?: string; error?: string } = {},
    status = 200,
  ) {
    const view = {
      ...form(signIn, "sign-in"),
      registerHref: `/interaction/${signIn.uid}/register`,
      email: hintedEmail(signIn),
      ...more,
      ...(await invitationView(signIn)),
    };
    return await send(signIn, reply, signInPage(view), status);
  }

  async function sendRegister(
    signIn: OpenSignIn,
    reply: FastifyReply,
    more: Pick<RegisterView, "email" | "givenName" | "familyName" | "errors"> = {},
    status = 200,
  ) {
    const view = {
      ...form(signIn, "register"),
      signInHref: `/interaction/${signIn.uid}/sign-in`,
      email: hintedEmail(signIn),
      ...more,
      ...(await invitationView(signIn)),
    };
    return await send(signIn, reply, registerPage(view), status);
  }

  async function sendConsent(signIn: OpenSignIn, reply: FastifyReply) {
    const user = signIn.userId === undefined ? undefined : await findUser(db, signIn.userId);
    const { scope = "", redirect_uri: target } = signIn.parameters;
    const view = {
      ...form(signIn, "consent"),
      email: user?.email ?? "",
      scopes: String(scope)
        .split(" ")
        .filter((key) => key !== "")
        .map((key) => ({ key })),
      redirectHost: placeOf(URL.parse(String(target))),
    };
    return await send(signIn, reply, consentPage(view));
  }
}

/** A login hint, where it is an e-mail address and not one of the other kinds (`phone:`, `username:`). */
function hintedEmail(signIn: OpenSignIn): string {
  const hint = signIn.parameters.login_hint;
  return typeof hint === "string" && hint.length <= 254 && /^[^\s:@]+@[^\s:@]+$/.test(hint) ? hint : "";
}

function waitMessage(reason: "throttled" | "busy", seconds: number): string {
  if (reason === "busy")
    return "Many people are signing in at this moment. Please try again in a few seconds.";
  const minutes = Math.ceil(seconds / 60);
  const wait = seconds < 90 ? `${seconds} seconds` : `${minutes} minutes`;
  return `There were too many attempts. Please wait ${wait} and try again.`;
}

/** Where somebody goes next, in few words: a host, or the scheme of an application's own. */
function placeOf(url: URL | null): string {
  return url?.origin === "null" ? url.protocol : (url?.host ?? "");
}
