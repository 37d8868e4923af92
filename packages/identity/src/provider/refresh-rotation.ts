import { setTimeout as sleep } from "node:timers/promises";
import { decodeJwt } from "jose";
import Provider, { errors, type KoaContextWithOIDC } from "oidc-provider";
import type { Database } from "../database/index.ts";
import type { ProviderEntitiesTable } from "../database/migrations/0002-provider.ts";
import { boundKey } from "./access-token-check.ts";
import { keyOfProof } from "./dpop-proof.ts";
import {
  CLAIM_TIMEOUT,
  claimEntity,
  deleteEntity,
  findEntity,
  isUnspent,
  releaseClaim,
  storeSuccessor,
} from "./entity-store.ts";
import { seal, unseal } from "./sealed-box.ts";

/** How long a spent refresh token still gets the answer that it was exchanged for, in milliseconds. */
const GRACE = 10_000;

const PURPOSE = "refresh-successor";
const POLL_INTERVAL = 25;

/** Seconds that a proof is remembered, as the provider does. */
const PROOF_MEMORY = 300;

/** The JSON of a token response (RFC 6749 section 5.1). */
export type TokenAnswer = Record<string, unknown>;

interface Exchange {
  /** The refresh token that this request has claimed. */
  claimed?: { id: string; at: number };
  /** The answer that another request got for the same token. */
  repeated?: TokenAnswer;
}

/**
 * Rotation of refresh tokens that no two processes can spend twice and that two tabs survive.
 *
 * Whoever claims a token stores the answer it got, encrypted under a key that only the token itself yields. For
 * {@link GRACE} a second request with the same token, from the same client and with the same DPoP key, gets the same
 * answer, provided that the successor in it is unused. After that the token counts as stolen, and its grant is revoked (RFC 9700
 * section 4.14.2).
 */
export interface RefreshRotation {
  /** Whether a refresh token that was found in the database is spent. Throws to end the request when its answer is repeated. */
  isSpent(id: string, row: ProviderEntitiesTable): Promise<boolean>;
  /** Spends a refresh token, or throws to end the request when another one was first. */
  claim(id: string): Promise<void>;
  /** Completes a request of the token endpoint, after the provider has answered it. */
  settle(ctx: KoaContextWithOIDC): Promise<void>;
}

export function createRefreshRotation(db: Database): RefreshRotation {
  const exchanges = new WeakMap<object, Exchange>();

  function exchangeOf(ctx: KoaContextWithOIDC): Exchange {
    const exchange = exchanges.get(ctx) ?? {};
    exchanges.set(ctx, exchange);
    return exchange;
  }

  async function repeat(
    ctx: KoaContextWithOIDC,
    id: string,
    row: ProviderEntitiesTable,
    before?: (ctx: KoaContextWithOIDC) => Promise<void>,
  ): Promise<void> {
    const answer = await repeatableAnswer(db, id, row);
    if (!answer || !(await provesKeyOf(ctx, answer))) return;
    await before?.(ctx);
    exchangeOf(ctx).repeated = answer;
    throw new errors.InvalidGrant("already exchanged: the answer is repeated");
  }

  return {
    async isSpent(id, row) {
      const ctx = Provider.ctx;
      if (ctx?.oidc.route !== "token") return true;
      const settled = await settledRow(db, id, row);
      if (settled.successor_answer === null) return false;
      const { clientId } = JSON.parse(settled.payload) as { clientId?: string };
      if (clientId === ctx.oidc.client?.clientId) await repeat(ctx, id, settled, refuseUsedProof);
      return true;
    },

    async claim(id) {
      const at = await claimEntity(db, "RefreshToken", id);
      const ctx = Provider.ctx;
      if (at !== undefined) {
        if (ctx) exchangeOf(ctx).claimed = { id, at };
        return;
      }
      const row = await findEntity(db, "RefreshToken", id);
      if (ctx && row) await repeat(ctx, id, await settledRow(db, id, row));
      throw new errors.InvalidGrant("refresh token already used");
    },

    async settle(ctx) {
      const exchange = exchanges.get(ctx);
      if (exchange?.repeated) {
        ctx.status = 200;
        ctx.body = exchange.repeated;
        return;
      }
      if (!exchange?.claimed) return;
      const { id, at } = exchange.claimed;
      const answer = ctx.status === 200 ? (ctx.body as TokenAnswer) : undefined;
      const successor = answer?.refresh_token;
      if (typeof successor !== "string") {
        await releaseClaim(db, id, at);
        return;
      }
      const stored = await storeSuccessor(db, id, at, {
        id: successor,
        answer: seal(JSON.stringify({ answer, at: Date.now() }), id, PURPOSE),
      });
      if (!stored) {
        await deleteEntity(db, "RefreshToken", successor);
        ctx.status = 503;
        ctx.set("retry-after", "1");
        ctx.body = {
          error: "temporarily_unavailable",
          error_description: "the refresh took too long and another one was answered meanwhile; try again",
        };
      }
    },
  };
}

/** Whether a request proves the key that an answer's access token is bound to; neither has one otherwise. */
async function provesKeyOf(ctx: KoaContextWithOIDC, answer: TokenAnswer): Promise<boolean> {
  const proof = ctx.get("dpop");
  const proved = proof === "" ? undefined : await keyOfProof(proof);
  return boundKey(decodeJwt(String(answer.access_token))) === proved;
}

/**
 * Refuses a proof that was used before. The provider has verified this one, but looks for others only after it has
 * found the refresh token.
 */
async function refuseUsedProof(ctx: KoaContextWithOIDC): Promise<void> {
  const proof = ctx.get("dpop");
  if (proof === "") return;
  const { ReplayDetection } = ctx.oidc.provider;
  const forgotten = Math.floor(Date.now() / 1000) + PROOF_MEMORY;
  const unused = await ReplayDetection.unique(
    String(ctx.oidc.client?.clientId),
    String(decodeJwt(proof).jti),
    forgotten,
  );
  if (!unused) throw new errors.InvalidGrant("DPoP proof JWT Replay detected");
}

/** The row once the request that claimed the token has answered, or has had its time. */
async function settledRow(
  db: Database,
  id: string,
  found: ProviderEntitiesTable,
): Promise<ProviderEntitiesTable> {
  let row = found;
  while (
    row.consumed_at !== null &&
    row.successor_answer === null &&
    Date.now() - row.consumed_at <= CLAIM_TIMEOUT
  ) {
    await sleep(POLL_INTERVAL);
    const current = await findEntity(db, "RefreshToken", id);
    if (!current) break;
    row = current;
  }
  return row;
}

async function repeatableAnswer(
  db: Database,
  id: string,
  row: ProviderEntitiesTable,
): Promise<TokenAnswer | undefined> {
  const { consumed_at: spentAt, successor_hash: successor, successor_answer: box } = row;
  if (spentAt === null || successor === null || box === null) return undefined;
  if (Date.now() - spentAt > GRACE || !(await isUnspent(db, successor))) return undefined;
  const opened = unseal(box, id, PURPOSE);
  if (opened === undefined) return undefined;
  const { answer, at } = JSON.parse(opened) as { answer: TokenAnswer; at: number };
  const age = Math.floor((Date.now() - at) / 1000);
  return typeof answer.expires_in === "number"
    ? { ...answer, expires_in: Math.max(answer.expires_in - age, 0) }
    : answer;
}
