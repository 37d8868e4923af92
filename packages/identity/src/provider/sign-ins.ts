import type { IncomingMessage, ServerResponse } from "node:http";
import { errors, type InteractionResults, type Provider } from "oidc-provider";
import { type Application, findApplication } from "../access/index.ts";
import type { Database } from "../database/index.ts";
import { type ClosedSignIn, closedSignIn } from "./closed-sign-in.ts";
import { MEMBERSHIP_PROBLEMS, type MembershipProblem } from "./organization-choice.ts";
import { endGrants } from "./sign-out.ts";
import { decodeTarget, encodeTarget } from "./token-target.ts";

/** What a form was refused for, kept for the page that shows it again; never a password. */
export interface FormNotice {
  page: "sign-in" | "register" | "organization";
  email?: string;
  givenName?: string;
  familyName?: string;
  name?: string;
  error?: string;
  errors?: Readonly<Record<string, string>>;
}

/** A sign-in under way, as its page sees it. */
export interface OpenSignIn {
  state: "open";
  uid: string;
  /** Which page is due: `create`, `login`, `invitation`, `create_organization`, `choose_organization`, … */
  prompt: string;
  /** Why it is due, in the words of the interaction policy. */
  reasons: readonly string[];
  /** Parameters of the authorization request. */
  parameters: Readonly<Record<string, unknown>>;
  application: Application;
  /** Who is signed in at this browser already. */
  userId: string | undefined;
  notice: FormNotice | undefined;
  /** Whether the invitation of the request was accepted on the way here. */
  invitationAnswered: boolean;
}

export interface SignInResult {
  userId: string;
  /** The organization that was created or joined on the way. */
  entered?: OrganizationEntry;
}

/** The organization that a request is for from now on. */
export interface OrganizationEntry {
  organization: string;
  /** Which of the policy's questions it answers. */
  answers: "create_organization" | "choose_organization" | "invitation";
}

/** The provider's interactions, as far as pages need them. */
export interface SignIns {
  find(request: IncomingMessage, response: ServerResponse, uid: string): Promise<OpenSignIn | ClosedSignIn>;
  /** Keeps why a form was refused, for the page that the browser is sent to next. */
  note(request: IncomingMessage, response: ServerResponse, notice: FormNotice): Promise<void>;
  /** Whether the browser has a session. */
  isSignedIn(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  /** Completes the sign-in; returns where the browser goes. */
  signIn(request: IncomingMessage, response: ServerResponse, result: SignInResult): Promise<string>;
  /** Answers the question for consent; returns where the browser goes. */
  decide(request: IncomingMessage, response: ServerResponse, allowed: boolean): Promise<string>;
  /** Puts an organization into the request of someone who is signed in; returns where the browser goes. */
  enter(request: IncomingMessage, response: ServerResponse, entry: OrganizationEntry): Promise<string>;
  /** Goes on without the invitation that the request brought; returns where the browser goes. */
  leaveInvitation(request: IncomingMessage, response: ServerResponse): Promise<string>;
  /** Sends somebody who is not a member back to the application, with the reason; returns where the browser goes. */
  giveUp(request: IncomingMessage, response: ServerResponse): Promise<string>;
}

export function createSignIns(provider: Provider, db: Database): SignIns {
  async function putOrganization(request: IncomingMessage, response: ServerResponse, code: string) {
    const interaction = await provider.interactionDetails(request, response);
    const { audience } = decodeTarget(String(interaction.params.resource)) ?? { audience: [] };
    interaction.params.resource = encodeTarget({ audience, organization: code });
    await interaction.persist();
  }

  async function finish(request: IncomingMessage, response: ServerResponse, result: InteractionResults) {
    return await provider.interactionResult(request, response, result);
  }

  return {
    async find(request, response, uid) {
      try {
        const interaction = await provider.interactionDetails(request, response);
        if (interaction.uid !== uid) return await closedSignIn(db, uid);
        const application = await findApplication(db, String(interaction.params.client_id));
        if (!application) return { state: "expired", application: undefined };
        return {
          state: "open",
          uid,
          prompt: interaction.prompt.name,
          reasons: interaction.prompt.reasons,
          parameters: interaction.params,
          application,
          userId: interaction.session?.accountId,
          notice: interaction.result?.notice as FormNotice | undefined,
          invitationAnswered: interaction.lastSubmission?.invitation !== undefined,
        };
      } catch (error) {
        if (!(error instanceof errors.SessionNotFound)) throw error;
        const found = await closedSignIn(db, uid);
        // The cookie came, but the session it belongs to has ended or changed hands in another tab.
        const cookieCame = !/cookie/.test(error.error_description ?? "");
        return found.state === "cookie_missing" && cookieCame ? { ...found, state: "expired" } : found;
      }
    },

    async note(request, response, notice) {
      const interaction = await provider.interactionDetails(request, response);
      // The result of the last page; whatever completes the sign-in replaces it.
      interaction.result = { notice };
      await interaction.persist();
    },

    async isSignedIn(request, response) {
      const session = await provider.Session.get(provider.createContext(request, response));
      return session.accountId !== undefined;
    },

    async signIn(request, response, { userId, entered }) {
      if (entered) await putOrganization(request, response, entered.organization);
      await leaveOtherAccount(provider, db, request, response, userId);
      return await finish(request, response, {
        login: { accountId: userId, amr: ["pwd"] },
        create: {},
        ...(entered ? { [entered.answers]: {} } : {}),
      });
    },

    async decide(request, response, allowed) {
      return await finish(
        request,
        response,
        allowed
          ? { consent: {} }
          : { error: "access_denied", error_description: "the user did not allow the access" },
      );
    },

    async enter(request, response, { organization, answers }) {
      await putOrganization(request, response, organization);
      return await finish(request, response, { [answers]: {} });
    },

    async leaveInvitation(request, response) {
      const interaction = await provider.interactionDetails(request, response);
      delete interaction.params.invitation_code;
      await interaction.persist();
      if (interaction.prompt.name !== "invitation") return `/interaction/${interaction.uid}`;
      return await finish(request, response, {});
    },

    async giveUp(request, response) {
      const { prompt } = await provider.interactionDetails(request, response);
      const [reason = ""] = prompt.reasons;
      return await finish(request, response, {
        error: "access_denied",
        error_description: MEMBERSHIP_PROBLEMS[reason as MembershipProblem],
      });
    },
  };
}

/**
 * When somebody else signs in, the browser's session becomes theirs: the grants of whoever was signed in before
 * end with it. (The provider's own way is a page that submits itself by script.)
 */
async function leaveOtherAccount(
  provider: Provider,
  db: Database,
  request: IncomingMessage,
  response: ServerResponse,
  userId: string,
): Promise<void> {
  const interaction = await provider.interactionDetails(request, response);
  const session = await provider.Session.get(provider.createContext(request, response));
  if (!session.accountId || session.accountId === userId) return;
  await endGrants(db, session);
  session.authorizations = {};
  session.loginAccount({ accountId: userId });
  await session.persist();
  if (interaction.session) interaction.session.accountId = userId;
  await interaction.persist();
}
