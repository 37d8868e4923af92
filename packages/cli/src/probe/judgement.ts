import { type Exchange, isSilence } from "./exchange.ts";
import type { Vector } from "./vector.ts";

/** What an answer shows. All but `right` and `unusual` are faults. */
export type Verdict =
  | "right"
  /** Refused, but not with the status that tells a client what to do. No fault. */
  | "unusual"
  | "accepted"
  | "refused"
  | "crashed"
  | "redirected"
  | "silent"
  /** 503 or 429 whenever it was asked. */
  | "undecided";

export interface Judgement {
  readonly verdict: Verdict;
  /** HTTP status; none where there was no answer. */
  readonly status?: number;
  /** Beside the verdict, for people. */
  readonly note?: string;
}

export function isFault({ verdict }: Judgement): boolean {
  return verdict !== "right" && verdict !== "unusual";
}

/** What an API's answer to a vector shows. */
export function judge(vector: Vector, exchange: Exchange): Judgement {
  if (isSilence(exchange)) return judgeSilence(vector, exchange.silence);
  const { status } = exchange;
  const judgement = (verdict: Verdict, note?: string) => ({ verdict, status, ...(note && { note }) });
  if (status === 503 || status === 429) return judgement("undecided", "it gives no answer now");
  if (status >= 500) return judgement("crashed", "an error of the server instead of an answer");
  const success = status >= 200 && status < 300;
  if (vector.expect === "accept") return success ? judgement("right") : judgement("refused");
  if (success) return judgement("accepted");
  if (status >= 300 && status < 400) return judgement("redirected", "a redirect instead of a refusal");
  if (vector.status !== "2xx" && vector.status.includes(status)) return judgement("right");
  const usual = vector.status === "2xx" ? "" : vector.status[0];
  return judgement("unusual", `refused, but with ${status}: ${usual} is what clients understand`);
}

function judgeSilence(vector: Vector, silence: string): Judgement {
  // Servers may hang up on headers of that size before anything of the API sees them.
  if (vector.name === "too_large" && silence === "closed") {
    return { verdict: "right", note: "the connection was closed" };
  }
  return {
    verdict: "silent",
    note: silence === "timeout" ? "no answer in time" : "the connection was closed without an answer",
  };
}
