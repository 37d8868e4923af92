import { appendEvent } from "../audit/audit-log.ts";
import type { Database } from "../database/index.ts";
import { createOrganization, DirectoryError, findUser, organizationsOf } from "../directory/index.ts";
import { chooseOrganizationPage, createOrganizationPage, membershipPage } from "../pages/index.ts";
import type { FormNotice, OpenSignIn, SignIns } from "../provider/sign-ins.ts";
import { contextOf, type Handler, noticeOf, type PageRoutes } from "./page-routes.ts";
import { fieldsOf } from "./send-page.ts";

export interface OrganizationRoutesOptions {
  db: Database;
  signIns: SignIns;
}

/** The pages that a sign-in needs on account of organizations, by the provider's name for what is due. */
export type OrganizationPages = Record<"create_organization" | "choose_organization" | "membership", Handler>;

/** To choose an organization, to create one, and to be told that one is not a member. */
export function registerOrganizationRoutes(
  routes: PageRoutes,
  { db, signIns }: OrganizationRoutesOptions,
): OrganizationPages {
  const pages: OrganizationPages = {
    create_organization: async (signIn, _request, reply) => {
      const { org_name: wanted } = signIn.parameters;
      const view = {
        ...routes.form(signIn, "organization"),
        ...(typeof wanted === "string" ? { name: wanted } : {}),
        ...noticeOf(signIn, "organization"),
      };
      return await routes.send(signIn, reply, createOrganizationPage(view));
    },

    choose_organization: async (signIn, _request, reply) => {
      const user = signIn.userId === undefined ? undefined : await findUser(db, signIn.userId);
      const view = {
        ...routes.form(signIn, "choice"),
        organizations: user ? await organizationsOf(db, user.id) : [],
        switchHref: `/interaction/${signIn.uid}/sign-in`,
        ...(user ? { email: user.email } : {}),
      };
      return await routes.send(signIn, reply, chooseOrganizationPage(view));
    },

    membership: async (signIn, _request, reply) => {
      const user = signIn.userId === undefined ? undefined : await findUser(db, signIn.userId);
      const view = {
        ...routes.form(signIn, "membership"),
        organizationWasNamed: signIn.reasons.includes("not_a_member"),
        switchHref: `/interaction/${signIn.uid}/sign-in`,
        ...(user ? { email: user.email } : {}),
      };
      return await routes.send(signIn, reply, membershipPage(view), 403);
    },
  };

  /** A form of a page that is due no more leads to the one that is. */
  const submitDue = (prompt: keyof OrganizationPages, page: string, handler: Handler) =>
    routes.submit(`/interaction/:uid/${page}`, async (signIn, request, reply) =>
      signIn.prompt === prompt && signIn.userId !== undefined
        ? await handler(signIn, request, reply)
        : await reply.redirect(`/interaction/${signIn.uid}`, 303),
    );

  routes.show("/interaction/:uid/organization", pages.create_organization);

  submitDue("create_organization", "organization", async (signIn, request, reply) => {
    const { name = "" } = fieldsOf(request.body);
    const answer = await newOrganization(db, signIn, String(signIn.userId), name);
    if ("error" in answer) {
      const notice: FormNotice = { page: "organization", name, error: answer.error };
      return await routes.showAgain(signIn, request, reply, notice);
    }
    const choice = { organization: answer.code, answers: "create_organization" } as const;
    return await reply.redirect(await signIns.enter(request.raw, reply.raw, choice), 303);
  });

  submitDue("choose_organization", "choice", async (signIn, request, reply) => {
    const { organization: code } = fieldsOf(request.body);
    const own = await organizationsOf(db, String(signIn.userId));
    if (code === undefined || !own.some((organization) => organization.code === code)) {
      return await reply.redirect(`/interaction/${signIn.uid}`, 303);
    }
    await appendEvent(db, {
      ...contextOf(signIn),
      type: "organization_chosen",
      outcome: "ok",
      actorId: signIn.userId ?? null,
      source: request.ip,
      detail: { organization: code },
    });
    const choice = { organization: code, answers: "choose_organization" } as const;
    return await reply.redirect(await signIns.enter(request.raw, reply.raw, choice), 303);
  });

  submitDue("membership", "membership", async (_signIn, request, reply) => {
    return await reply.redirect(await signIns.giveUp(request.raw, reply.raw), 303);
  });

  return pages;
}

/** Creates the organization of a sign-in, once however often its form is sent; or says what is wrong with its name. */
export async function newOrganization(
  db: Database,
  signIn: OpenSignIn,
  ownerId: string,
  name: string,
): Promise<{ code: string } | { error: string }> {
  try {
    const context = contextOf(signIn);
    return await createOrganization(db, { name, ownerId, onceFor: signIn.uid, context });
  } catch (error) {
    if (error instanceof DirectoryError) return { error: error.message };
    throw error;
  }
}
