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

  // The `sid` of the session at this application belongs into every token of it.
  const requested = ctx.oidc.claims as { id_token?: Record<string, null> };
  requested.id_token = { ...requested.id_token, sid: null };

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
