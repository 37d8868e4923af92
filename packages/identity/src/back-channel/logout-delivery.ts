import { findApplication } from "../access/index.ts";
import { appendEvent } from "../audit/audit-log.ts";
import type { Database } from "../database/index.ts";
import {
  claimLogout,
  dueLogouts,
  type EndedSession,
  type LogoutNotice,
  postponeLogout,
  queueLogouts,
  removeLogout,
} from "./logout-queue.ts";
import { type LogoutTokenSigner, signLogoutToken } from "./logout-token.ts";
import { type PostOutcome, pinnedPost } from "./pinned-post.ts";

const SECOND = 1_000;

/** Milliseconds that an application has for its answer. */
const TIMEOUT = 5 * SECOND;

/** Milliseconds after which a notice is taken on again when the process that had it is gone. */
const LEASE = 30 * SECOND;

/** Milliseconds between two looks for what is due. */
const INTERVAL = 5 * SECOND;

/** Notices under way at once. */
const CONCURRENCY = 8;

/** After as many attempts an application counts as gone: some two hours. */
export const MOST_ATTEMPTS = 14;

const FIRST_DELAY = 5 * SECOND;
const LONGEST_DELAY = 15 * 60 * SECOND;

/** Milliseconds to wait after a number of attempts that failed. */
export function delayAfter(attempts: number): number {
  return Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** (attempts - 1));
}

/** Tells applications that a session is over, in the background, until they have heard it. */
export interface LogoutDelivery {
  /** Queues notices; returns when they are on the disk, not when they have arrived. */
  notify(ended: readonly EndedSession[]): Promise<void>;
  /**
   * Delivers what is due.
   *
   * @param now milliseconds since 1970; the system's clock if not given.
   * @returns how many notices were tried.
   */
  deliverDue(now?: number): Promise<number>;
  /** Stops; what is under way is due again later, here or in another process. */
  close(): Promise<void>;
}

export interface LogoutDeliveryOptions extends LogoutTokenSigner {
  db: Database;
  /** Whether applications may be on this machine or in a private network: in development. */
  allowPrivate: boolean;
  onError: (error: unknown) => void;
}

export function createLogoutDelivery(options: LogoutDeliveryOptions): LogoutDelivery {
  const { db, allowPrivate } = options;
  const closing = new AbortController();
  let running: Promise<unknown> = Promise.resolve();
  let waiting = false;

  /** Runs one after the other; a wish during a run is one more run. */
  function wake(): void {
    if (waiting || closing.signal.aborted) return;
    waiting = true;
    running = running.then(async () => {
      waiting = false;
      await deliverDue().catch(options.onError);
    });
  }

  const timer = setInterval(wake, INTERVAL);
  timer.unref();

  async function deliverDue(now = Date.now()): Promise<number> {
    let tried = 0;
    while (!closing.signal.aborted) {
      const due = await dueLogouts(db, CONCURRENCY, now);
      const results = await Promise.all(due.map((notice) => deliver(notice, now)));
      tried += results.filter(Boolean).length;
      if (due.length < CONCURRENCY) break;
    }
    return tried;
  }

  async function deliver(notice: LogoutNotice, now: number): Promise<boolean> {
    if (!(await claimLogout(db, notice, LEASE, now))) return false;
    const application = await findApplication(db, notice.client_id);
    if (!application?.backchannelLogoutUri) {
      await removeLogout(db, notice.id);
      return true;
    }
    const token = await signLogoutToken(options, {
      clientId: notice.client_id,
      userId: notice.user_id,
      sid: notice.sid,
    });
    const outcome = await pinnedPost(
      application.backchannelLogoutUri,
      new URLSearchParams({ logout_token: token }),
      { allowPrivate, timeout: TIMEOUT, signal: closing.signal },
    );
    await settle(notice, outcome, now);
    return true;
  }

  async function settle(notice: LogoutNotice, outcome: PostOutcome, now: number): Promise<void> {
    const arrived = "status" in outcome && outcome.status >= 200 && outcome.status < 300;
    // Cut short by our own end: no fault of the application.
    if (!arrived && closing.signal.aborted) return;
    const attempts = notice.attempts + 1;
    if (!arrived && !("refused" in outcome) && attempts < MOST_ATTEMPTS) {
      return await postponeLogout(db, notice.id, now + delayAfter(attempts));
    }
    await appendEvent(db, {
      type: "backchannel_logout",
      outcome: arrived ? "ok" : "failed",
      actorId: notice.user_id,
      clientId: notice.client_id,
      detail: { ...outcome, attempts },
    });
    await removeLogout(db, notice.id);
  }

  return {
    deliverDue,
    async notify(ended) {
      await queueLogouts(db, ended);
      if (ended.length > 0) wake();
    },
    async close() {
      clearInterval(timer);
      closing.abort();
      await running;
    },
  };
}
