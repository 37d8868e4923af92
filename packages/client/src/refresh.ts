import { AuthError } from "./auth-error.ts";
import { type Session, type TokenSet, untilRenewal } from "./session.ts";
import type { Tabs } from "./tabs.ts";

/** What the refresher is told by, and tells, the client it works for. */
export interface RefreshHost {
  session(): Session | undefined;
  /** Changes with every change of the session, so that a late answer is recognised. */
  epoch(): number;
  /** One request for new tokens. */
  request(): Promise<TokenSet>;
  adopt(tokens: TokenSet): void;
  /** The session is over. */
  ended(error: AuthError): void;
  /** The issuer cannot be reached; whoever is signed in stays so. */
  offline(error: AuthError): void;
}

/** Renews the session before it is needed, once for all who ask, and patiently when the issuer does not answer. */
export interface Refresher {
  /** Resolves when there is a fresh session. @throws {AuthError} `session_ended`, `issuer_unreachable` */
  run(): Promise<void>;
  /** Starts a renewal if one is due, without waiting for it. */
  runIfDue(): void;
  /** Plans the next renewal; past failures no longer count. */
  restart(): void;
  /** Plans renewals from now on, because somebody is there to keep a session alive for. */
  resume(): void;
  pause(): void;
}

const LONGEST_WAIT_S = 60;
/** However short a token's life: no timer asks more often than this. */
const SHORTEST_WAIT_S = 5;
const LONGEST_TIMER_S = 86_400;

export function createRefresher(host: RefreshHost, tabs: Tabs): Refresher {
  let running: Promise<void> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let active = false;
  let failures = 0;
  let notBefore = 0;

  const run = (): Promise<void> => {
    const wait = (notBefore - Date.now()) / 1000;
    // Timers may fire a moment early, and the clock may have been set back meanwhile.
    if (!running && wait > 0.1 && wait <= LONGEST_WAIT_S * 2) {
      return Promise.reject(
        new AuthError("issuer_unreachable", "the issuer does not answer", {
          retryAfter: Math.ceil(wait),
        }),
      );
    }
    running ??= refresh().finally(() => {
      running = undefined;
    });
    return running;
  };

  async function refresh(): Promise<void> {
    const epoch = host.epoch();
    try {
      await tabs.exclusively(async () => {
        // While this tab waited for its turn, another one may have done the work.
        if (host.epoch() !== epoch) return;
        const tokens = await host.request().catch(async (error: AuthError) => {
          if (error.code !== "issuer_unreachable" || error.retryAfter) throw error;
          // An answer that got lost is worth asking for again at once: the issuer repeats it for a few seconds.
          await new Promise((resolve) => setTimeout(resolve, 500 + Math.random() * 500));
          return host.request();
        });
        if (host.epoch() === epoch) host.adopt(tokens);
      });
      failures = notBefore = 0;
    } catch (error) {
      if (host.epoch() === epoch) failed(error as AuthError);
      throw error;
    } finally {
      schedule();
    }
  }

  function failed(error: AuthError): void {
    if (error.code === "session_ended") {
      host.ended(error);
      return;
    }
    failures += 1;
    const wait = Math.min(LONGEST_WAIT_S, 2 ** failures) * (0.75 + Math.random() / 2);
    notBefore = Date.now() + Math.max(wait, Math.min(error.retryAfter ?? 0, LONGEST_WAIT_S * 2)) * 1000;
    host.offline(error);
  }

  function runIfDue(): void {
    const session = host.session();
    if (!session || untilRenewal(session) <= 0) run().catch(() => {});
    else schedule();
  }

  function schedule(): void {
    const session = host.session();
    clearTimeout(timer);
    if (!active || (!session && !failures)) return;
    const wait = failures
      ? (notBefore - Date.now()) / 1000
      : Math.max(SHORTEST_WAIT_S, session ? untilRenewal(session) : 0);
    timer = setTimeout(runIfDue, Math.min(wait, LONGEST_TIMER_S) * 1000);
  }

  return {
    run,
    runIfDue,
    restart() {
      failures = notBefore = 0;
      schedule();
    },
    resume() {
      active = true;
      schedule();
    },
    pause() {
      active = false;
      schedule();
    },
  };
}
