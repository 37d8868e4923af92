import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { authenticate, type PasswordHasher } from "../credentials/index.ts";
import type { Database } from "../database/index.ts";
import { createOrganization, DirectoryError, findUser, registerUser } from "../directory/index.ts";
import {
  consentPage,
  createOrganizationPage,
  errorPage,
  type RegisterView,
  registerPage,
  signInPage,
} from "../pages/index.ts";
import type { ClosedSignIn } from "../provider/closed-sign-in.ts";
import { idHash } from "../provider/entity-store.ts";
import { formTargetsOf } from "../provider/form-targets.ts";
import type { FormNotice, OpenSignIn, SignIns } from "../provider/sign-ins.ts";
import type { FormTokens } from "./form-token.ts";
import { closedSignInPage, wayBack } from "./problem-page.ts";
import { fieldsOf, sendPage } from "./send-page.ts";

/** Characters of what was typed that a page shows again. */
const LONGEST_KEPT = 300;

export interface SignInRoutesOptions {
  issuer: string;
  db: Database;
  passwords: PasswordHasher;
  signIns: SignIns;
  formTokens: FormTokens;
}

type Params = { Params: { uid: string } };
type Handler = (
  signIn: OpenSignIn,
  request: FastifyRequest<Params>,
  reply: FastifyReply,
) => Promise<FastifyReply>;

/** The pages between an authorization request and its answer: sign-in, registration, organization, consent. */
export function registerSignInRoutes(server: FastifyInstance, options: SignInRoutesOptions): void {
  const { issuer, db, passwords, signIns, formTokens } = options;

  const show = (path: string, handler: Handler) =>
    server.get<Params>(path, async (request, reply) => {
      const found = await signIns.find(request.raw, reply.raw, request.params.uid);
      return found.state === "open"
        ? await handler(found, request, reply)
        : await sendClosed(found, request, reply);
    });

  const submit = (path: string, handler: Handler) =>
    server.post<Params>(path, async (request, reply) => {
      const found = await signIns.find(request.raw, reply.raw, request.params.uid);
      if (found.state !== "open") return await sendClosed(found, request, reply);
      const { csrf } = fieldsOf(request.body);
      if (!sameOrigin(request, issuer) || !formTokens.accepts(found.uid, csrf)) {
        return sendPage(reply, foreignFormPage(found), { status: 403 });
      }
      return await handler(found, request, reply);
    });

  show("/interaction/:uid", async (signIn, request, reply) => {
    if (signIn.prompt === "create") return await sendRegister(signIn, reply);
    if (signIn.prompt === "login") return await sendSignIn(signIn, reply);
    if (signIn.prompt === "create_organization") return await sendOrganization(signIn, reply);
    if (signIn.prompt === "consent") return await sendConsent(signIn, reply);
    return await sendClosed({ state: "expired", application: signIn.application }, request, reply);
  });
  show("/interaction/:uid/sign-in", (signIn, _request, reply) =>
    sendSignIn(signIn, reply, noticeOf(signIn, "sign-in")),
  );
  show("/interaction/:uid/register", (signIn, _request, reply) =>
    sendRegister(signIn, reply, noticeOf(signIn, "register")),
  );
  show("/interaction/:uid/organization", (signIn, _request, reply) =>
    sendOrganization(signIn, reply, noticeOf(signIn, "organization")),
  );

  submit("/interaction/:uid/sign-in", async (signIn, request, reply) => {
    const { email = "", password = "" } = fieldsOf(request.body);
    const outcome = await authenticate(db, passwords, {
      email,
      password,
      remoteAddress: request.ip,
      context: contextOf(signIn),
    });
    if (outcome.ok) {
      const next = await signIns.signIn(request.raw, reply.raw, { userId: outcome.user.id });
      return await reply.redirect(next, 303);
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
    const { email = "", password = "", givenName = "", familyName = "" } = fieldsOf(request.body);
    try {
      const user = await registerUser(db, passwords, {
        email,
        password,
        givenName,
        familyName,
        remoteAddress: request.ip,
        context: contextOf(signIn),
        serviceName: signIn.application.name,
      });
      const organization = await newOrganization(signIn, user.id);
      const next = await signIns.signIn(request.raw, reply.raw, {
        userId: user.id,
        ...(organization === undefined ? {} : { organization }),
      });
      return await reply.redirect(next, 303);
    } catch (error) {
      if (!(error instanceof DirectoryError)) throw error;
      const typed = { email, givenName, familyName };
      if (error.retryAfter === undefined) {
        return await showAgain(signIn, request, reply, { page: "register", ...typed, errors: error.fields });
      }
      reply.header("retry-after", String(error.retryAfter));
      const status = error.code === "busy" ? 503 : 429;
      return await sendRegister(signIn, reply, { ...typed, errors: { form: error.message } }, status);
    }
  });

  submit("/interaction/:uid/organization", async (signIn, request, reply) => {
    if (signIn.userId === undefined || signIn.prompt !== "create_organization") {
      return await reply.redirect(`/interaction/${signIn.uid}`, 303);
    }
    const { name = "" } = fieldsOf(request.body);
    try {
      const { code } = await createOrganization(db, { name, ownerId: signIn.userId });
      return await reply.redirect(await signIns.chooseOrganization(request.raw, reply.raw, code), 303);
    } catch (error) {
      if (!(error instanceof DirectoryError)) throw error;
      return await showAgain(signIn, request, reply, { page: "organization", name, error: error.message });
    }
  });

  submit("/interaction/:uid/consent", async (signIn, request, reply) => {
    const { decision } = fieldsOf(request.body);
    if (signIn.prompt !== "consent" || (decision !== "allow" && decision !== "deny")) {
      return await reply.redirect(`/interaction/${signIn.uid}`, 303);
    }
    return await reply.redirect(await signIns.decide(request.raw, reply.raw, decision === "allow"), 303);
  });

  /**
   * Leads the browser to the page once more, instead of answering with it: a page that answers a form cannot be
   * gone back to.
   */
  async function showAgain(
    signIn: OpenSignIn,
    request: FastifyRequest,
    reply: FastifyReply,
    notice: FormNotice,
  ) {
    const kept = Object.entries(notice).map(([name, value]) => [
      name,
      typeof value === "string" ? value.slice(0, LONGEST_KEPT) : value,
    ]);
    await signIns.note(request.raw, reply.raw, Object.fromEntries(kept));
    return await reply.redirect(`/interaction/${signIn.uid}/${notice.page}`, 303);
  }

  async function newOrganization(signIn: OpenSignIn, ownerId: string): Promise<string | undefined> {
    const { is_create_org: wanted, org_name: name } = signIn.parameters;
    if (wanted !== "true" || typeof name !== "string" || name.trim() === "") return undefined;
    try {
      return (await createOrganization(db, { name, ownerId })).code;
    } catch (error) {
      // The account exists by now; a page of its own asks for a better name.
      if (error instanceof DirectoryError) return undefined;
      throw error;
    }
  }

  function form(signIn: OpenSignIn, page: string) {
    const path = `/interaction/${signIn.uid}`;
    return {
      action: `${path}/${page}`,
      csrf: formTokens.issue(signIn.uid),
      applicationName: signIn.application.name,
    };
  }

  async function send(signIn: OpenSignIn, reply: FastifyReply, html: string, status = 200) {
    return await sendPage(reply, html, { status, formTargets: formTargetsOf(signIn.application) });
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
    };
    return await send(signIn, reply, registerPage(view), status);
  }

  async function sendOrganization(
    signIn: OpenSignIn,
    reply: FastifyReply,
    more: { name?: string; error?: string } = {},
  ) {
    const { org_name: wanted } = signIn.parameters;
    const view = {
      ...form(signIn, "organization"),
      ...(typeof wanted === "string" ? { name: wanted } : {}),
      ...more,
    };
    return await send(signIn, reply, createOrganizationPage(view));
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

  async function sendClosed(found: ClosedSignIn, request: FastifyRequest, reply: FastifyReply) {
    const back = wayBack(found.application);
    if (found.state === "finished" && back.returnHref && (await signIns.isSignedIn(request.raw, reply.raw))) {
      return await reply.redirect(back.returnHref, 303);
    }
    return sendPage(reply, closedSignInPage(found, new URL(issuer).host), { status: 400 });
  }
}

/** What the form of this page was refused for, if it was the last one sent. */
function noticeOf({ notice }: OpenSignIn, page: FormNotice["page"]): Omit<FormNotice, "page"> {
  if (notice?.page !== page) return {};
  const { page: _, ...rest } = notice;
  return rest;
}

/** A browser names the origin of a page that posts; one that does not is left to the form token. */
function sameOrigin(request: FastifyRequest, issuer: string): boolean {
  const { origin, "sec-fetch-site": site } = request.headers;
  return (origin === undefined || origin === issuer) && site !== "cross-site";
}

function foreignFormPage(signIn: OpenSignIn): string {
  return errorPage({
    title: "This form did not come from here",
    message: "It was sent by another page, or it is too old. Nothing was changed.",
    fix: "Go back to the application and start again.",
    code: "form_foreign",
    status: 403,
    ...wayBack(signIn.application),
  });
}

/** Ties the audit events of one sign-in together, without its id. */
function contextOf({ uid, application }: OpenSignIn) {
  return { clientId: application.clientId, correlationId: idHash(uid).slice(0, 16) };
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
