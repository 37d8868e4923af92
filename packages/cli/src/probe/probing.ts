import { setTimeout as sleep } from "node:timers/promises";
import type { Workbench } from "./attempt.ts";
import { isOpen, requireAccepted } from "./beginning.ts";
import { type Exchange, isSilence, send, type Target } from "./exchange.ts";
import { isFault, type Judgement, judge } from "./judgement.ts";
import type { Vector } from "./vector.ts";
import { goodToken, noToken, vectors } from "./vectors.ts";

/** What came of one vector. */
export interface Finding extends Judgement {
  readonly vector: Vector;
}

export interface Probing {
  readonly findings: readonly Finding[];
  /** Vectors that could not be made, or that the caller left out. */
  readonly skipped: readonly Vector[];
  /** The route lets in requests without a token: nothing else was sent. */
  readonly open: boolean;
  /** Refusals with 401 that had no `WWW-Authenticate` (RFC 9110 section 15.5.2 demands it). */
  readonly withoutChallenge: number;
  /** The vector after which the API was gone; nothing was sent after it. */
  readonly goneAfter?: Vector;
}

export interface ProbingOptions {
  readonly target: Target;
  readonly workbench: Workbench;
  /** What the API must be told to accept the good token, for the error. */
  readonly trust: string;
  /** Milliseconds that the API has until it accepts the good token. */
  readonly patience: number;
  readonly ignored: ReadonlySet<string>;
  /** Called with each finding when it is known. */
  readonly onFinding: (finding: Finding, place: number, of: number) => void;
  /** Called before it waits because the API said so; seconds. */
  readonly onWait: (seconds: number) => void;
}

/** A new key or an unknown one may take an API some seconds; more than this it does not get, in seconds. */
const longestWait = 10;
const tries = 3;

/**
 * Sends every vector, one after the other, and judges the answers.
 *
 * @throws {CliError} when nothing can be told: the API cannot be reached, or refuses the good token
 */
export async function probe(options: ProbingOptions): Promise<Probing> {
  const { target, workbench, ignored } = options;
  const wanted = vectors.filter(({ name }) => !ignored.has(name));
  const findings: Finding[] = [];
  const skipped: Vector[] = vectors.filter(({ name }) => ignored.has(name));
  let withoutChallenge = 0;

  const first = await firstAnswers(options);
  if (first.open) {
    const finding: Finding = { vector: noToken, ...judge(noToken, first.none) };
    options.onFinding(finding, 1, 1);
    return { findings: [finding], skipped, open: true, withoutChallenge: 0 };
  }

  for (const [index, vector] of wanted.entries()) {
    const known = vector === noToken ? first.none : vector === goodToken ? first.good : undefined;
    const attempt = known === undefined ? await workbench(vector) : undefined;
    if (known === undefined && attempt === undefined) {
      skipped.push(vector);
      continue;
    }
    const exchange = known ?? (await sendPatiently(options, () => send(target, attempt ?? {})));
    const finding: Finding = { vector, ...judge(vector, exchange) };
    findings.push(finding);
    if (!isSilence(exchange) && exchange.status === 401 && exchange.challenge === undefined) {
      withoutChallenge += 1;
    }
    options.onFinding(finding, index + 1, wanted.length);
    if (isFault(finding) && finding.verdict === "silent" && (await isGone(options))) {
      return { findings, skipped, open: false, withoutChallenge, goneAfter: vector };
    }
  }
  return { findings, skipped, open: false, withoutChallenge };
}

/** Without a token, then with a good one, until it is accepted or the patience is at its end. */
async function firstAnswers(
  options: ProbingOptions,
): Promise<{ open: true; none: Exchange } | { open: false; none: Exchange; good: Exchange }> {
  const { target, workbench, trust, patience } = options;
  const deadline = performance.now() + patience;
  for (;;) {
    try {
      const none = await send(target, {});
      if (isOpen(target, none)) return { open: true, none };
      const attempt = (await workbench(goodToken)) ?? {};
      const good = await sendPatiently(options, () => send(target, attempt));
      requireAccepted(target, good, trust);
      return { open: false, none, good };
    } catch (error) {
      if (performance.now() >= deadline) throw error;
      await sleep(500);
    }
  }
}

/** Asks again as often as the API says when to; a 503 while it looks for a key is what it should do. */
async function sendPatiently(options: ProbingOptions, ask: () => Promise<Exchange>): Promise<Exchange> {
  for (let count = 1; ; count += 1) {
    const exchange = await ask();
    if (isSilence(exchange) || count === tries) return exchange;
    const { status, retryAfter } = exchange;
    if ((status !== 503 && status !== 429) || retryAfter === undefined || retryAfter > longestWait) {
      return exchange;
    }
    options.onWait(Math.max(1, retryAfter));
    await sleep(Math.max(1, retryAfter) * 1000);
  }
}

/** Whether the API does not answer at all any more. */
async function isGone({ target, workbench }: ProbingOptions): Promise<boolean> {
  return isSilence(await send(target, (await workbench(goodToken)) ?? {}));
}
