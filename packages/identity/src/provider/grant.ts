import type { KoaContextWithOIDC } from "oidc-provider";
import type { Database } from "../database/index.ts";
import { settleOrganization } from "./organization-choice.ts";

/**
 * The grant of a session at an application. The applications are the instance's own, so what they ask for is
 * granted without a question; consent is a page only when the request demands it.
 */
export async function grantOf(db: Database, ctx: KoaContextWithOIDC) {
  const { client, session, account, provider, params } = ctx.oidc;
  if (!client || !session || !account) return undefined;
  await settleOrganization(db, ctx);

  // Which session it is, when and how it began: every token of it says so, whether the request asks or not.
  const requested = ctx.oidc.claims as { id_token?: Record<string, null> };
  requested.id_token = { sid: null, auth_time: null, acr: null, amr: null, ...requested.id_token };

  const { Grant } = provider;
  const existing = session.grantIdFor(client.clientId);
  let grant = existing ? await Grant.find(existing) : undefined;
  if (grant?.accountId !== account.accountId) grant = undefined;
  grant ??= new Grant({ accountId: account.accountId, clientId: client.clientId });

  const scopes = String(params?.scope ?? "").split(" ");
  grant.addOIDCScope([...ctx.oidc.requestParamOIDCScopes].join(" "));
  for (const [indicator, server] of Object.entries(ctx.oidc.resourceServers ?? {})) {
    const available = new Set(server.scope.split(" "));
    grant.addResourceScope(indicator, scopes.filter((scope) => available.has(scope)).join(" "));
  }
  await grant.save();
  return grant;
}
