import type { IncomingMessage } from "node:http";
import type { KoaContextWithOIDC } from "oidc-provider";
import { appendEvent } from "../audit/audit-log.ts";
import type { Database } from "../database/index.ts";
import { type AccessTokenCheck, type AccessTokenReader, boundKey } from "./access-token-check.ts";
import { only } from "./authorization-request.ts";
import type { Clock } from "./clock.ts";
import { revokeAccessToken } from "./revoked-tokens.ts";

/** What the provider is asked about instead of a JWT: it refuses JWTs, and of this it knows nothing. */
const STAND_IN = "jwt";

/**
 * Revocation (RFC 7009) and introspection (RFC 7662) of JWT access tokens. The provider, which does not keep them,
 * still does the rest: who the application is, its proof of that, CORS, and the errors.
 */
export interface JwtEndpoints {
  /** The form that the provider is to see, and what ties the token to the request it is forwarded as. */
  prepare(form: URLSearchParams): { form: URLSearchParams; remember: (forwarded: IncomingMessage) => void };
  /** Completes what the provider has answered to an application that has proved who it is. */
  complete(ctx: KoaContextWithOIDC): Promise<void>;
}

export function createJwtEndpoints(options: {
  db: Database;
  readAccessToken: AccessTokenReader;
  checkAccessToken: AccessTokenCheck;
  clock: Clock;
}): JwtEndpoints {
  const { db, clock } = options;
  const tokens = new WeakMap<IncomingMessage, string>();

  return {
    prepare(received) {
      const token = only(received, "token");
      if (token?.split(".").length !== 3) return { form: received, remember: () => {} };
      const form = new URLSearchParams(received);
      form.set("token", STAND_IN);
      return { form, remember: (forwarded) => tokens.set(forwarded, token) };
    },

    async complete(ctx) {
      const token = tokens.get(ctx.req);
      const clientId = ctx.oidc?.client?.clientId;
      if (token === undefined || clientId === undefined || ctx.status !== 200) return;
      if (ctx.path === "/oauth2/revoke") await revoke(ctx, token, clientId);
      else ctx.body = await introspect(token, clientId);
    },
  };

  async function revoke(ctx: KoaContextWithOIDC, token: string, clientId: string): Promise<void> {
    const claims = await options.readAccessToken(token);
    if (!claims || claims.client_id !== clientId) return;
    const { jti, exp, sub } = claims;
    await revokeAccessToken(db, {
      jti: String(jti),
      // By the system's clock, which rows are cleared by, wherever development controls have put the token's.
      expiresAt: (Number(exp) - clock.offset()) * 1000,
    });
    await appendEvent(db, {
      type: "token_revoked",
      outcome: "ok",
      actorId: sub ?? null,
      source: ctx.ip,
      clientId,
    });
  }

  /** An application learns about its own tokens only; all others are simply not active. */
  async function introspect(token: string, clientId: string): Promise<Record<string, unknown>> {
    const claims = await options.readAccessToken(token);
    const key = claims && boundKey(claims);
    // Whoever asks about a bound token has it from somebody else, whose key they tell by `cnf` in the answer.
    const live = await options.checkAccessToken(token, key);
    if (live?.clientId !== clientId) return { active: false };
    return { active: true, token_type: key === undefined ? "Bearer" : "DPoP", ...live.claims };
  }
}
