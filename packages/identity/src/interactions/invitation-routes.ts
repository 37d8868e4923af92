import type { FastifyRequest } from "fastify";
import type { Database } from "../database/index.ts";
import {
  acceptInvitation,
  findInvitation,
  findUser,
  type Invitation,
  type InvitationRefusal,
  invitationRefusal,
  type User,
} from "../directory/index.ts";
import { acceptInvitationPage, refusedInvitationPage } from "../pages/index.ts";
import type { OpenSignIn, SignIns } from "../provider/sign-ins.ts";
import { contextOf, type Handler, type PageRoutes } from "./page-routes.ts";
import { wayBack } from "./problem-page.ts";

export interface InvitationRoutesOptions {
  db: Database;
  signIns: SignIns;
}

/** An invitation in a sign-in, and why it leads nowhere if it does not. */
export interface InvitationInSignIn {
  invitation: Invitation | undefined;
  refusal: InvitationRefusal | undefined;
}

export interface InvitationPages {
  /** The invitation that this sign-in brings, as `user` finds it; `undefined` if it brings none. */
  of(signIn: OpenSignIn, user?: User): Promise<InvitationInSignIn | undefined>;
  /** The page for an invitation: to accept it, or why it cannot be accepted. */
  page: Handler;
  /** Accepts the invitation of a sign-in for whoever has just signed in with its page. */
  accept(
    signIn: OpenSignIn,
    user: Pick<User, "id" | "email">,
    request: FastifyRequest,
    trx?: Database,
  ): Promise<{ organization: string } | { refused: InvitationRefusal } | undefined>;
}

/** The pages of an invitation. Opening them changes nothing: only a form accepts. */
export function registerInvitationRoutes(
  routes: PageRoutes,
  { db, signIns }: InvitationRoutesOptions,
): InvitationPages {
  async function of(signIn: OpenSignIn, user?: User): Promise<InvitationInSignIn | undefined> {
    const hash = hashIn(signIn);
    if (hash === undefined) return undefined;
    const invitation = await findInvitation(db, hash);
    return { invitation, refusal: invitationRefusal(invitation, user) };
  }

  async function signedIn(signIn: OpenSignIn): Promise<User | undefined> {
    return signIn.userId === undefined ? undefined : await findUser(db, signIn.userId);
  }

  async function accept(
    signIn: OpenSignIn,
    user: Pick<User, "id" | "email">,
    request: FastifyRequest,
    trx: Database = db,
  ) {
    const hash = hashIn(signIn);
    if (hash === undefined) return undefined;
    const input = { hash, user, context: contextOf(signIn), source: request.ip };
    const answer = await acceptInvitation(trx, input);
    return "refused" in answer ? answer : { organization: answer.organization.code };
  }

  const page: Handler = async (signIn, _request, reply) => {
    // On the way to a sign-in it does not matter who is signed in already.
    const user = signIn.prompt === "invitation" ? await signedIn(signIn) : undefined;
    const found = await of(signIn, user);
    if (!found || (!found.refusal && !user)) return await reply.redirect(`/interaction/${signIn.uid}`, 303);
    const { invitation, refusal } = found;
    const view = {
      ...routes.form(signIn, "invitation"),
      withoutAction: `/interaction/${signIn.uid}/without-invitation`,
      switchHref: `/interaction/${signIn.uid}/sign-in`,
    };
    if (invitation && !refusal && user) {
      const accepted = invitation.status === "used";
      const html = acceptInvitationPage({
        ...view,
        accepted,
        organizationName: invitation.organization.name,
        email: user.email,
      });
      return await routes.send(signIn, reply, html);
    }
    const html = refusedInvitationPage({
      ...view,
      ...(user ? { email: user.email } : {}),
      refusal: refusal ?? "unknown",
      ...(refusal === "other_email" && invitation?.email ? { invitedEmail: invitation.email } : {}),
      ...wayBack(signIn.application),
    });
    return await routes.send(signIn, reply, html, 403);
  };

  routes.show("/interaction/:uid/invitation", page);

  routes.submit("/interaction/:uid/invitation", async (signIn, request, reply) => {
    const user = await signedIn(signIn);
    const answer = user && signIn.prompt === "invitation" ? await accept(signIn, user, request) : undefined;
    if (!answer || "refused" in answer) return await reply.redirect(`/interaction/${signIn.uid}`, 303);
    const choice = { organization: answer.organization, answers: "invitation" } as const;
    return await reply.redirect(await signIns.enter(request.raw, reply.raw, choice), 303);
  });

  routes.submit("/interaction/:uid/without-invitation", async (_signIn, request, reply) => {
    return await reply.redirect(await signIns.leaveInvitation(request.raw, reply.raw), 303);
  });

  return { of, page, accept };
}

function hashIn({ parameters, invitationAnswered }: OpenSignIn): string | undefined {
  const { invitation_code: hash } = parameters;
  return typeof hash === "string" && !invitationAnswered ? hash : undefined;
}
