import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { errorPage } from "../pages/index.ts";
import type { ClosedSignIn } from "../provider/closed-sign-in.ts";
import { idHash } from "../provider/entity-store.ts";
import { formTargetsOf } from "../provider/form-targets.ts";
import type { FormNotice, OpenSignIn, SignIns } from "../provider/sign-ins.ts";
import type { FormTokens } from "./form-token.ts";
import { closedSignInPage, wayBack } from "./problem-page.ts";
import { fieldsOf, sendPage } from "./send-page.ts";

/** Characters of what was typed that a page shows again. */
const LONGEST_KEPT = 300;

type Params = { Params: { uid: string } };

/** Answers a request for a page of a sign-in that is under way. */
export type Handler = (
  signIn: OpenSignIn,
  request: FastifyRequest<Params>,
  reply: FastifyReply,
) => Promise<FastifyReply>;

/** What all pages of a sign-in have in common: who may see them, who may send their forms, how they are sent. */
export interface PageRoutes {
  /** A page at a path with `:uid`. */
  show(path: string, handler: Handler): void;
  /** A form of such a page. */
  submit(path: string, handler: Handler): void;
  /** What every form needs; `page` is the last part of its address. */
  form(signIn: OpenSignIn, page: string): { action: string; csrf: string; applicationName: string };
  send(signIn: OpenSignIn, reply: FastifyReply, html: string, status?: number): Promise<FastifyReply>;
  /**
   * Leads the browser to the page once more, instead of answering with it: a page that answers a form cannot be
   * gone back to.
   */
  showAgain(
    signIn: OpenSignIn,
    request: FastifyRequest,
    reply: FastifyReply,
    notice: FormNotice,
  ): Promise<FastifyReply>;
  /** The page for a sign-in that cannot go on. */
  sendClosed(found: ClosedSignIn, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply>;
}

export interface PageRoutesOptions {
  address: string;
  signIns: SignIns;
  formTokens: FormTokens;
}

export function createPageRoutes(server: FastifyInstance, options: PageRoutesOptions): PageRoutes {
  const { address, signIns, formTokens } = options;

  async function sendClosed(found: ClosedSignIn, request: FastifyRequest, reply: FastifyReply) {
    const back = wayBack(found.application);
    if (found.state === "finished" && back.returnHref && (await signIns.isSignedIn(request.raw, reply.raw))) {
      return await reply.redirect(back.returnHref, 303);
    }
    return sendPage(reply, closedSignInPage(found, new URL(address).host), { status: 400 });
  }

  return {
    sendClosed,

    show(path, handler) {
      server.get<Params>(path, async (request, reply) => {
        const found = await signIns.find(request.raw, reply.raw, request.params.uid);
        return found.state === "open"
          ? await handler(found, request, reply)
          : await sendClosed(found, request, reply);
      });
    },

    submit(path, handler) {
      server.post<Params>(path, async (request, reply) => {
        const found = await signIns.find(request.raw, reply.raw, request.params.uid);
        if (found.state !== "open") return await sendClosed(found, request, reply);
        const { csrf } = fieldsOf(request.body);
        if (!sameOrigin(request, address) || !formTokens.accepts(found.uid, csrf)) {
          return sendPage(reply, foreignFormPage(found), { status: 403 });
        }
        return await handler(found, request, reply);
      });
    },

    form(signIn, page) {
      return {
        action: `/interaction/${signIn.uid}/${page}`,
        csrf: formTokens.issue(signIn.uid),
        applicationName: signIn.application.name,
      };
    },

    async send(signIn, reply, html, status = 200) {
      return await sendPage(reply, html, { status, formTargets: formTargetsOf(signIn.application) });
    },

    async showAgain(signIn, request, reply, notice) {
      const kept = Object.entries(notice).map(([name, value]) => [
        name,
        typeof value === "string" ? value.slice(0, LONGEST_KEPT) : value,
      ]);
      await signIns.note(request.raw, reply.raw, Object.fromEntries(kept));
      return await reply.redirect(`/interaction/${signIn.uid}/${notice.page}`, 303);
    },
  };
}

/** What the form of this page was refused for, if it was the last one sent. */
export function noticeOf({ notice }: OpenSignIn, page: FormNotice["page"]): Omit<FormNotice, "page"> {
  if (notice?.page !== page) return {};
  const { page: _, ...rest } = notice;
  return rest;
}

/** Ties the audit events of one sign-in together, without its id. */
export function contextOf({ uid, application }: OpenSignIn) {
  return { clientId: application.clientId, correlationId: idHash(uid).slice(0, 16) };
}

/** A browser names the origin of a page that posts; one that does not is left to the form token. */
function sameOrigin(request: FastifyRequest, address: string): boolean {
  const { origin, "sec-fetch-site": site } = request.headers;
  return (origin === undefined || origin === address) && site !== "cross-site";
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
