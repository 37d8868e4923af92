import type { KoaContextWithOIDC } from "oidc-provider";
import { type AuditEntry, appendEvent } from "../audit/audit-log.ts";
import type { Database } from "../database/index.ts";
import { idHash } from "./entity-store.ts";

/** Writes down what a request of the provider's endpoints did to somebody's tokens, if it did. */
export async function recordTokenEvent(db: Database, ctx: KoaContextWithOIDC): Promise<void> {
  const type = tokenEvent(ctx);
  const token = ctx.oidc?.entities.RefreshToken;
  if (!type || !token) return;
  await appendEvent(db, {
    type,
    outcome: type === "token_revoked" ? "ok" : "failed",
    actorId: token.accountId,
    source: ctx.ip,
    ...(token.clientId === undefined ? {} : { clientId: token.clientId }),
  });
}

/** Writes down that somebody was stopped because they are not a member of what an application asked for. */
export async function recordMembershipRefusal(db: Database, ctx: KoaContextWithOIDC): Promise<void> {
  const { Interaction: interaction, Client: client } = ctx.oidc?.entities ?? {};
  const shown = ctx.status === 303 && interaction?.prompt.name === "membership" && !interaction.result;
  if (!shown) return;
  await appendEvent(db, {
    type: "organization_refused",
    outcome: "failed",
    actorId: interaction.session?.accountId ?? null,
    source: ctx.ip,
    correlationId: idHash(interaction.uid).slice(0, 16),
    detail: { reason: interaction.prompt.reasons[0] ?? "" },
    ...(client ? { clientId: client.clientId } : {}),
  });
}

function tokenEvent(ctx: KoaContextWithOIDC): AuditEntry["type"] | undefined {
  const { client, entities } = ctx.oidc ?? {};
  const token = entities?.RefreshToken;
  if (!token || token.clientId !== client?.clientId) return undefined;
  if (ctx.path === "/oauth2/revoke" && ctx.status === 200) return "token_revoked";
  const refused = ctx.path === "/oauth2/token" && ctx.status === 400;
  return refused && token.consumed ? "refresh_token_reused" : undefined;
}
