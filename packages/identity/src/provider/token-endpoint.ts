import type { IncomingMessage } from "node:http";
import { errors, type KoaContextWithOIDC } from "oidc-provider";
import { findApplication } from "../access/index.ts";
import type { Database } from "../database/index.ts";
import { grantRefusal } from "./allowed-grants.ts";
import { normaliseRedirectUri, normaliseScope, only } from "./authorization-request.ts";
import type { AuthenticatedClient, ClientRefusal } from "./client-authentication.ts";
import { askInOwnName } from "./client-credentials.ts";
import { originsOf } from "./client-registration.ts";
import { printable } from "./printable.ts";
import { readCookie, refreshCookie, refreshCookieName } from "./provider-cookies.ts";
import type { RefreshRotation, TokenAnswer } from "./refresh-rotation.ts";
import { decodeTarget, requestedAudiences } from "./token-target.ts";

/** A refresh token that was never issued: the provider's answer to it is `invalid_grant`. */
const NO_TOKEN = "none";

/** How a refresh token travels: in JSON, or in a cookie that no script reads. */
type Transport = "body" | "cookie";

const wrongTransport = "refresh_token_transport must be body or cookie, and be there once";

interface TokenRequest {
  clientId: string;
  transport: Transport;
  /** What to say when the provider refuses {@link NO_TOKEN}. */
  refusal?: string;
  audience: readonly string[];
}

export interface TokenEndpointOptions {
  issuer: string;
  db: Database;
  rotation: RefreshRotation;
  /** Seconds. */
  refreshTokenLifetime: number;
  /** Asked once for each refresh: whether development controls want it refused, or its answer lost. */
  takeFault: (fault: "refuse_refresh" | "lose_refresh_answer") => boolean;
  /** Called with a complete answer before it is kept for repetition. */
  amendAnswer: (answer: TokenAnswer) => Promise<void>;
}

/** What happens before and after the provider at the token endpoint. */
export interface TokenEndpoint {
  /**
   * Puts a token request into the form the provider understands. In cookie mode the refresh token is taken from
   * the cookie, once the page that asks is known to be the application's.
   */
  prepare(
    request: IncomingMessage,
    client: AuthenticatedClient,
  ): Promise<{ form: URLSearchParams; remember: (forwarded: IncomingMessage) => void } | ClientRefusal>;
  /** Completes what the provider has answered. */
  complete(ctx: KoaContextWithOIDC): Promise<void>;
  /** Refuses an audience that is not the one of the sign-in. */
  checkAudience(request: IncomingMessage, resource: string | string[] | undefined): void;
}

export function createTokenEndpoint(options: TokenEndpointOptions): TokenEndpoint {
  const { issuer, db, rotation } = options;
  const requests = new WeakMap<IncomingMessage, TokenRequest>();

  return {
    async prepare(request, { application, form: received }) {
      const form = new URLSearchParams(received);
      const audience = requestedAudiences([...form.getAll("audience"), ...form.getAll("resource")]);
      const transport = transportOf(form);
      if (!transport) return { status: 400, error: "invalid_request", description: wrongTransport };
      const cookieMode = transport === "cookie";
      for (const name of ["audience", "resource", "refresh_token_transport"]) form.delete(name);
      normaliseScope(form);
      await normaliseRedirectUri(db, form);
      const refused =
        grantRefusal(application, only(form, "grant_type")) ?? askInOwnName(application, form, audience);
      if (refused) return refused;

      const { clientId } = application;
      const refreshes = only(form, "grant_type") === "refresh_token";
      const state: TokenRequest = { clientId, audience, transport };
      if (cookieMode) {
        const refusal = await refuseOrigin(db, clientId, request.headers.origin);
        if (refusal) return refusal;
        if (refreshes) {
          const cookie = readCookie(request.headers.cookie, refreshCookieName(issuer, clientId));
          form.set("refresh_token", cookie ?? NO_TOKEN);
          if (!cookie) state.refusal = "there is no refresh cookie: sign in";
        }
      }
      if (refreshes && options.takeFault("refuse_refresh")) {
        form.set("refresh_token", NO_TOKEN);
        state.refusal = "refused by the development controls";
      }
      return { form, remember: (forwarded) => requests.set(forwarded, state) };
    },

    checkAudience(request, resource) {
      const wanted = requests.get(request)?.audience ?? [];
      const granted = decodeTarget(String(resource))?.audience ?? [];
      const foreign = wanted.find((audience) => !granted.includes(audience));
      if (foreign !== undefined) {
        throw new errors.InvalidTarget(
          `the audience ${printable(foreign)} was not asked for when the user signed in`,
        );
      }
    },

    async complete(ctx) {
      const state = requests.get(ctx.req);
      const issued = () => ctx.status === 200 && typeof ctx.body === "object" && ctx.body !== null;
      if (issued()) await options.amendAnswer(ctx.body as TokenAnswer);
      await rotation.settle(ctx);
      if (!state) return;
      if (state.refusal !== undefined && ctx.status === 400) {
        ctx.body = { error: "invalid_grant", error_description: state.refusal };
      }
      if (state.transport === "cookie") carryInCookie(ctx, state);
      const refreshed = ctx.oidc?.params?.grant_type === "refresh_token";
      if (refreshed && issued() && options.takeFault("lose_refresh_answer")) {
        ctx.respond = false;
        ctx.res.destroy();
      }
    },
  };

  function carryInCookie(ctx: KoaContextWithOIDC, { clientId }: TokenRequest): void {
    const answer = ctx.body as TokenAnswer;
    if (ctx.status === 200 && typeof answer.refresh_token === "string") {
      const { refresh_token: token, ...rest } = answer;
      ctx.body = rest;
      ctx.append("set-cookie", refreshCookie(issuer, clientId, String(token), options.refreshTokenLifetime));
    } else if (answer?.error === "invalid_grant" && ctx.oidc?.params?.grant_type === "refresh_token") {
      ctx.append("set-cookie", refreshCookie(issuer, clientId, "", 0));
    }
  }
}

/** Nothing but the exact words: whoever misspells `cookie` must not get the token where scripts can read it. */
function transportOf(form: URLSearchParams): Transport | undefined {
  const [transport = "body", ...others] = form.getAll("refresh_token_transport");
  return others.length === 0 && (transport === "body" || transport === "cookie") ? transport : undefined;
}

async function refuseOrigin(
  db: Database,
  clientId: string,
  origin: string | undefined,
): Promise<ClientRefusal | undefined> {
  const application = await findApplication(db, clientId);
  if (application && origin && originsOf(application).includes(origin)) return undefined;
  return {
    status: 403,
    error: "invalid_request",
    description: origin
      ? `the origin ${printable(origin)} is not that of a redirect URI of this application`
      : "the cookie transport is for pages of the application: an Origin header is needed",
  };
}

/**
 * `Set-Cookie` that removes an application's refresh cookie, when the application's own page revokes a token.
 */
export async function forgottenRefreshCookie(
  db: Database,
  issuer: string,
  form: URLSearchParams,
  origin: string | undefined,
): Promise<string | undefined> {
  const application = await findApplication(db, only(form, "client_id") ?? "");
  if (!application || !origin || !originsOf(application).includes(origin)) return undefined;
  return refreshCookie(issuer, application.clientId, "", 0);
}
