import { AuthError } from "@hallpass/client";
import { useEffect, useRef } from "react";

/** What `onTimeout` is told. */
export const TimeoutActivityType = { preWarning: "preWarning", timeout: "timeout" } as const;
export type TimeoutActivityType = (typeof TimeoutActivityType)[keyof typeof TimeoutActivityType];

/** Signs out who has not touched the page for a while. */
export interface ActivityTimeoutConfig {
  timeoutMinutes: number;
  /** Minutes without activity after which `onTimeout` is called with `preWarning`; fewer than `timeoutMinutes`. */
  preWarningMinutes?: number | undefined;
  /** Called before the person is signed out, too. */
  onTimeout?: ((type: TimeoutActivityType) => void | Promise<void>) | undefined;
}

const SIGNS_OF_LIFE = ["pointerdown", "keydown", "wheel", "touchstart"];
/** Noted no more often than this, because moving a wheel is many events. */
const NOTED_EVERY_MS = 1000;
const LONGEST_TIMER_MS = 86_400_000;

/**
 * Watches over the person who is signed in. What counts is the last activity in any tab, also one that was closed
 * meanwhile: a laptop that is opened again the next day, and a page that is loaded again, are inactive since the day before.
 *
 * @param key the entry of localStorage where the tabs note it
 * @param watch whether there is a session; undefined while that is not known
 * @param signOut ends the session, here and at the issuer
 * @throws {AuthError} `option_invalid`
 */
export function useActivityTimeout(
  config: ActivityTimeoutConfig | undefined,
  key: string,
  watch: boolean | undefined,
  signOut: () => void,
): void {
  const latest = useRef({ config, signOut });
  useEffect(() => {
    latest.current = { config, signOut };
  });
  const { timeoutMinutes, preWarningMinutes } = config ?? {};
  if (
    config &&
    !(Number(timeoutMinutes) > 0 && !(Number(preWarningMinutes ?? 0) >= Number(timeoutMinutes)))
  ) {
    throw new AuthError(
      "option_invalid",
      "activityTimeout is wrong; expected timeoutMinutes, and preWarningMinutes, if given, less than that",
    );
  }

  useEffect(() => {
    if (!timeoutMinutes || watch === undefined) return;
    // The next person begins anew.
    if (!watch) return note(key, null);
    const limit = timeoutMinutes * 60_000;
    const warning = preWarningMinutes === undefined ? Number.POSITIVE_INFINITY : preWarningMinutes * 60_000;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let warned = false;
    const end = new AbortController();

    const look = (): void => {
      clearTimeout(timer);
      const idle = Date.now() - lastActivity(key);
      if (idle >= limit) {
        end.abort();
        tell("timeout");
        latest.current.signOut();
        return;
      }
      if (idle < warning) warned = false;
      else if (!warned) {
        warned = true;
        tell("preWarning");
      }
      const next = idle < warning ? Math.min(warning, limit) : limit;
      timer = setTimeout(look, Math.min(next - idle, LONGEST_TIMER_MS));
    };
    const active = (): void => {
      // A click on a page that was asleep for too long comes too late.
      look();
      if (end.signal.aborted || Date.now() - lastActivity(key) < NOTED_EVERY_MS) return;
      note(key, Date.now());
      look();
    };
    const tell = (type: TimeoutActivityType): void => void latest.current.config?.onTimeout?.(type);

    const before = lastActivity(key);
    // A clock that was set back has left a time to come.
    if (!before || before > Date.now()) note(key, Date.now());
    look();
    for (const type of SIGNS_OF_LIFE) addEventListener(type, active, { signal: end.signal, passive: true });
    for (const type of ["visibilitychange", "storage", "pageshow"]) {
      // Seen by the window as it bubbles from the document.
      addEventListener(type, look, { signal: end.signal });
    }
    return () => {
      clearTimeout(timer);
      end.abort();
    };
  }, [timeoutMinutes, preWarningMinutes, key, watch]);
}

/** Milliseconds since 1970; 0 for none. Where the browser denies its storage, nobody can sign in either. */
function lastActivity(key: string): number {
  try {
    return Number(localStorage.getItem(key));
  } catch {
    return 0;
  }
}

function note(key: string, at: number | null): void {
  try {
    if (at === null) localStorage.removeItem(key);
    else localStorage.setItem(key, `${at}`);
  } catch {}
}
