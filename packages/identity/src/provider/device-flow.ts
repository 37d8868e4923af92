import { errors, type KoaContextWithOIDC } from "oidc-provider";
import { appendEvent } from "../audit/audit-log.ts";
import { hashedKey, sourceOf } from "../credentials/source.ts";
import { admit, type ThrottleRule, takeBack } from "../credentials/throttle.ts";
import type { Database } from "../database/index.ts";
import { DEVICE_CODE_LIFETIME } from "./device-code-store.ts";
import { POLLING_INTERVAL, pollsTooSoon } from "./device-polling.ts";

/** Where people type the code that their device shows. */
export const DEVICE_PAGE = "/device";

/** The query parameter in which the front door hands on a code, for the form to begin with. */
export const PREFILL = "prefill";

const DEVICE_ENDPOINT = "/oauth2/device/auth";

/** Of 20^8 codes one source can try a few dozen in the ten minutes that one lives. */
const CODE_RULE: ThrottleRule = {
  free: 10,
  firstDelay: 30_000,
  longestDelay: 3_600_000,
  memory: 3_600_000,
};

/** Why a code was not taken. */
export type DeviceCodeError = "missing" | "unknown" | "expired" | "used" | "stale" | "failed";

/** A page of the device flow. */
export type DeviceView =
  | { page: "code"; action: string; xsrf: string; userCode?: string; error?: DeviceCodeError }
  | { page: "done" | "denied"; applicationName: string | undefined }
  | { page: "throttled"; retryAfter: number };

/** What a session is at one application. */
interface Authorization {
  sid?: string;
  grantId?: string;
  persistsLogout?: boolean;
}

/** Signing in on devices without a browser (RFC 8628): what the provider leaves to others. */
export interface DeviceFlow {
  /** The provider's `deviceFlow` feature. */
  feature: {
    enabled: true;
    charset: "base-20";
    mask: string;
    deviceInfo: (ctx: KoaContextWithOIDC) => { ip: string };
    userCodeInputSource: (
      ctx: KoaContextWithOIDC,
      form: string,
      out?: unknown,
      error?: Error,
    ) => Promise<void>;
    userCodeConfirmSource: (ctx: KoaContextWithOIDC) => Promise<void>;
    successSource: (ctx: KoaContextWithOIDC) => Promise<void>;
  };
  /**
   * Whether a request is the one that gives a device its grant, when it is about a device; it then begins with none,
   * so that the device gets a grant and a `sid` of its own. They do not belong to the browser's session: whoever
   * signs out there leaves the device as it is.
   */
  beginsGrant(ctx: KoaContextWithOIDC): boolean;
  /** Runs a request of the code's page unless its source has sent too many wrong codes. */
  guard(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void>;
  /** Completes answers to the device. */
  complete(ctx: KoaContextWithOIDC): Promise<void>;
}

export function createDeviceFlow(options: {
  db: Database;
  /** A whole HTML page, and the policy it is sent with. */
  renderDevice: (view: DeviceView) => { html: string; policy: string };
}): DeviceFlow {
  const { db } = options;
  const wrongCodes = new WeakSet<object>();
  /** What the browser's session was at the application before the device came. */
  const ownAuthorizations = new WeakMap<object, Authorization | undefined>();

  function authorizationsOf(ctx: KoaContextWithOIDC): Record<string, Authorization> {
    const session = ctx.oidc.session as { authorizations?: Record<string, Authorization> };
    session.authorizations ??= {};
    return session.authorizations;
  }

  function leaveSession(ctx: KoaContextWithOIDC): void {
    const clientId = ctx.oidc.client?.clientId ?? "";
    const own = ownAuthorizations.get(ctx);
    const authorizations = authorizationsOf(ctx);
    if (own) authorizations[clientId] = own;
    else delete authorizations[clientId];
  }

  function send(ctx: KoaContextWithOIDC, view: DeviceView, status: number): void {
    const { html, policy } = options.renderDevice(view);
    ctx.status = status;
    ctx.set("content-security-policy", policy);
    ctx.type = "html";
    ctx.body = html;
  }

  function sendForm(ctx: KoaContextWithOIDC, error?: DeviceCodeError): void {
    const xsrf = (ctx.oidc.session?.state as { secret?: string } | undefined)?.secret ?? "";
    const { [PREFILL]: prefill } = ctx.query;
    const typed = ctx.oidc.params?.user_code ?? prefill;
    const view: DeviceView = { page: "code", action: DEVICE_PAGE, xsrf };
    if (typeof typed === "string" && typed !== "") view.userCode = typed.slice(0, 20);
    if (error) view.error = error;
    send(ctx, view, error === undefined ? 200 : error === "failed" ? 500 : 400);
  }

  async function record(ctx: KoaContextWithOIDC, outcome: "ok" | "failed"): Promise<void> {
    const { clientId } = ctx.oidc.deviceCode ?? ctx.oidc.client ?? {};
    await appendEvent(db, {
      type: "device_sign_in",
      outcome,
      actorId: ctx.oidc.session?.accountId ?? null,
      source: ctx.ip,
      ...(clientId === undefined ? {} : { clientId }),
    });
  }

  return {
    feature: {
      enabled: true,
      charset: "base-20",
      mask: "****-****",
      deviceInfo: (ctx) => ({ ip: ctx.ip }),

      async userCodeInputSource(ctx, _form, _out, error) {
        if (error?.name === "NotFoundError") wrongCodes.add(ctx.req);
        if (error?.name === "AbortedError") {
          await record(ctx, "failed");
          return send(ctx, { page: "denied", applicationName: ctx.oidc.client?.clientName }, 200);
        }
        const session = ctx.oidc.session as { new?: boolean; touched?: boolean } | undefined;
        if (error && session?.new) {
          // No cookie came with the form, so the form has nothing that ties it to a browser: it begins anew. The
          // provider would save a session here that it has never begun.
          session.touched = false;
          ctx.status = 303;
          ctx.redirect(DEVICE_PAGE);
          return;
        }
        sendForm(ctx, error && reasonOf(error));
      },

      // The form confirms as it is sent; the question about client and scopes comes after the sign-in, because it is
      // only then that somebody is there to answer it.
      async userCodeConfirmSource(ctx) {
        sendForm(ctx);
      },

      async successSource(ctx) {
        leaveSession(ctx);
        await record(ctx, "ok");
        send(ctx, { page: "done", applicationName: ctx.oidc.client?.clientName }, 200);
      },
    },

    beginsGrant(ctx) {
      if (!ctx.oidc.result?.consent) return false;
      const clientId = ctx.oidc.client?.clientId ?? "";
      const authorizations = authorizationsOf(ctx);
      ownAuthorizations.set(ctx, authorizations[clientId]);
      delete authorizations[clientId];
      return true;
    },

    async guard(ctx, next) {
      if (ctx.path !== DEVICE_PAGE || ctx.method !== "POST") return await next();
      const counters = [{ key: hashedKey("device", sourceOf(ctx.ip)), rule: CODE_RULE }];
      const admission = await admit(db, counters, Date.now());
      if (!admission.admitted) {
        ctx.set("retry-after", String(admission.retryAfter));
        return send(ctx, { page: "throttled", retryAfter: admission.retryAfter }, 429);
      }
      await next();
      if (!wrongCodes.has(ctx.req)) await takeBack(db, counters);
    },

    async complete(ctx) {
      const body = ctx.body as Record<string, unknown> | undefined;
      if (ctx.path === DEVICE_ENDPOINT && ctx.status === 200) {
        ctx.body = { ...body, interval: POLLING_INTERVAL };
      }
      const { device_code: deviceCode } = ctx.oidc?.params ?? {};
      if (ctx.path !== "/oauth2/token" || body?.error !== "authorization_pending") return;
      if (typeof deviceCode !== "string") return;
      if (await pollsTooSoon(db, deviceCode, DEVICE_CODE_LIFETIME)) {
        ctx.body = {
          error: "slow_down",
          error_description: `wait ${POLLING_INTERVAL} seconds longer between two requests than before`,
        };
      }
    },
  };
}

function reasonOf(error: Error): DeviceCodeError {
  const reasons: Record<string, DeviceCodeError> = {
    NoCodeError: "missing",
    NotFoundError: "unknown",
    ExpiredError: "expired",
    AlreadyUsedError: "used",
  };
  return reasons[error.name] ?? (error instanceof errors.OIDCProviderError ? "stale" : "failed");
}
