import type { IncomingMessage } from "node:http";
import { errors, type KoaContextWithOIDC } from "oidc-provider";
import { type Application, findApplication } from "../access/index.ts";
import type { Database } from "../database/index.ts";
import type { Face } from "../faces/index.ts";
import { grantRefusal } from "./allowed-grants.ts";
import { normaliseRedirectUri, normaliseScope, only } from "./authorization-request.ts";
import type { AuthenticatedClient, ClientRefusal } from "./client-authentication.ts";
import { askInOwnName } from "./client-credentials.ts";
import { originsOf } from "./client-registration.ts";
import type { KindeCookies } from "./kinde-cookies.ts";
import { newerInCookie } from "./newer-in-cookie.ts";
import { printable } from "./printable.ts";
import { type RefreshCookiePlace, readCookie, refreshCookie, refreshCookieName } from "./provider-cookies.ts";
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
  /** The application whose page keeps Kinde's cookies, and whether they are no good if this request is refused. */
  kinde?: { application: Application; usesCookie: boolean };
  /** What to say when the provider refuses {@link NO_TOKEN}. */
  refusal?: string;
  audience: readonly string[];
}

export interface TokenEndpointOptions {
  issuer: string;
  db: Database;
  face: Face;
  rotation: RefreshRotation;
  /** Kinde's cookies, in its face. */
  kindeCookies: KindeCookies | undefined;
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
  const { issuer, db, face, rotation } = options;
  const place = { issuer, path: face.tokenPath };
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
      await normaliseRedirectUri(db, face, form);
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
      const explicit = received.has("refresh_token_transport");
      if (options.kindeCookies && !explicit)
        await useKindeCookies(options.kindeCookies, request, form, state);
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
      if (state.kinde) await carryInKindeCookies(ctx, state.kinde);
      const refreshed = ctx.oidc?.params?.grant_type === "refresh_token";
      if (refreshed && issued() && options.takeFault("lose_refresh_answer")) {
        ctx.respond = false;
        ctx.res.destroy();
      }
    },
  };

  /**
   * Kinde's SDK sends its refresh token in the form, or nothing because the cookie has it, or both. What the form
   * says counts, unless another page of the same browser has spent it meanwhile and the cookie has what replaced it.
   */
  async function useKindeCookies(
    cookies: KindeCookies,
    request: IncomingMessage,
    form: URLSearchParams,
    state: TokenRequest,
  ): Promise<void> {
    const application = await findApplication(db, state.clientId);
    if (application?.type !== "spa") return;
    state.kinde = { application, usesCookie: false };
    if (only(form, "grant_type") !== "refresh_token" || form.getAll("refresh_token").length > 1) return;
    const sent = form.get("refresh_token") || undefined;
    const kept = await cookies.read(request, application);
    if (sent === undefined && kept === undefined) {
      form.set("refresh_token", NO_TOKEN);
      state.refusal =
        "there is no refresh token, neither in the form nor in a cookie for this origin: sign in";
      state.kinde.usesCookie = true;
    } else if (kept !== undefined && (sent === undefined || (await newerInCookie(db, sent, kept)))) {
      form.set("refresh_token", kept);
      state.kinde.usesCookie = true;
    } else {
      state.kinde.usesCookie = sent === kept;
    }
  }

  async function carryInKindeCookies(
    ctx: KoaContextWithOIDC,
    { application, usesCookie }: NonNullable<TokenRequest["kinde"]>,
  ): Promise<void> {
    const answer = ctx.body as TokenAnswer;
    const cookies = options.kindeCookies as KindeCookies;
    if (ctx.status === 200 && typeof answer.refresh_token === "string") {
      appendCookies(ctx, await cookies.keep(ctx.req, application, answer.refresh_token));
    } else if (usesCookie && answer?.error === "invalid_grant") {
      appendCookies(ctx, await cookies.drop(ctx.req, application));
    }
  }

  function carryInCookie(ctx: KoaContextWithOIDC, { clientId }: TokenRequest): void {
    const answer = ctx.body as TokenAnswer;
    if (ctx.status === 200 && typeof answer.refresh_token === "string") {
      const { refresh_token: token, ...rest } = answer;
      ctx.body = rest;
      ctx.append("set-cookie", refreshCookie(place, clientId, String(token), options.refreshTokenLifetime));
    } else if (answer?.error === "invalid_grant" && ctx.oidc?.params?.grant_type === "refresh_token") {
      ctx.append("set-cookie", refreshCookie(place, clientId, "", 0));
    }
  }
}

function appendCookies(ctx: KoaContextWithOIDC, cookies: readonly string[]): void {
  for (const cookie of cookies) ctx.append("set-cookie", cookie);
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
  place: RefreshCookiePlace,
  form: URLSearchParams,
  origin: string | undefined,
): Promise<string | undefined> {
  const application = await findApplication(db, only(form, "client_id") ?? "");
  if (!application || !origin || !originsOf(application).includes(origin)) return undefined;
  return refreshCookie(place, application.clientId, "", 0);
}
