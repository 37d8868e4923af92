import { channel } from "node:diagnostics_channel";
import type { Decision } from "./decision.ts";
import type { RefusalCode } from "./refusal.ts";

/** What is published on {@link decisionChannel} for each request that a guard has decided. Never a token. */
export interface DecisionEvent {
  readonly outcome: "allowed" | "anonymous" | "preflight" | "refused";
  readonly method: string;
  /** Milliseconds from the request's arrival at the guard. */
  readonly duration: number;
  /** HTTP status, of a refusal. */
  readonly status?: number;
  /** Why it was refused. */
  readonly code?: RefusalCode;
  /** Who signed the token, of one that was let in. */
  readonly issuer?: string;
  /** Which key signed the token, of one that was let in. */
  readonly kid?: string;
}

/** The name of the `node:diagnostics_channel` on which guards publish {@link DecisionEvent}s. */
export const decisionChannel = "hallpass:decision";

const decisions = channel(decisionChannel);

/** Decides, and tells whoever subscribed how it went. Costs nothing while nobody has. */
export async function observed<Claims extends object>(
  method: string,
  decide: () => Promise<Decision<Claims>>,
): Promise<Decision<Claims>> {
  if (!decisions.hasSubscribers) return decide();
  const started = performance.now();
  const decision = await decide();
  decisions.publish(eventOf(method, decision, performance.now() - started));
  return decision;
}

function eventOf<Claims extends object>(
  method: string,
  decision: Decision<Claims>,
  duration: number,
): DecisionEvent {
  const common = { outcome: decision.outcome, method, duration };
  if (decision.outcome === "refused") {
    return { ...common, status: decision.refusal.status, code: decision.refusal.code };
  }
  if (decision.outcome !== "allowed") return common;
  const { issuer, header } = decision.auth;
  return { ...common, issuer, ...(header.kid !== undefined && { kid: header.kid }) };
}
