import { AuthError, isAuthError } from "./auth-error.ts";
import type { CookieJar, CookiePolicy } from "./cookies.ts";
import { digest, type Seal } from "./seal.ts";
import type { HeldSession, Renewal, SessionKeeper } from "./session-keeper.ts";
import type { SessionRecord } from "./session-record.ts";
import type { Settings } from "./settings.ts";

/** What is in the cookie. */
interface Content {
  readonly record: SessionRecord;
  readonly lastUsedAt: number;
}

interface Found extends HeldSession {
  readonly lastUsedAt: number;
}

/** Browsers keep 4,096 bytes of a cookie, its name and attributes included. */
const CHUNK = 3_700;
/** More would, with the cookies of sign-ins, fill the headers that servers take (16 kB in Node). */
const MOST_CHUNKS = 2;

/** How long the result of a renewal is handed to requests that were sent with the cookie of before. */
const KEPT_MS = 30_000;
const MOST_KEPT = 10_000;

/** Sessions in encrypted cookies: nothing is kept on the server, so nothing can be listed or revoked there. */
export function createCookieSessions(settings: Settings, policy: CookiePolicy, seal: Seal): SessionKeeper {
  const { now, idle, absolute } = settings;
  const renewed = new Map<string, { readonly until: number; readonly result: Promise<SessionRecord> }>();

  const names = Array.from({ length: MOST_CHUNKS }, (_, part) =>
    part ? `${policy.session}-${part}` : policy.session,
  );

  function read(jar: CookieJar): string | undefined {
    const [first = "", ...rest] = names.map((name) => jar.get(name) ?? "");
    // How many parts belong together is written in front, so that a stale one is never taken for the rest.
    const parts = Number(/^(\d)\./.exec(first)?.[1]);
    if (!(parts >= 1 && parts <= MOST_CHUNKS)) return undefined;
    return first.slice(2) + rest.slice(0, parts - 1).join("");
  }

  async function write(jar: CookieJar, record: SessionRecord): Promise<Found> {
    const lastUsedAt = now();
    const sealed = await seal.seal({ record, lastUsedAt } satisfies Content);
    const parts = Math.ceil((sealed.length + 2) / CHUNK);
    if (parts > MOST_CHUNKS) {
      throw new AuthError(
        "session_too_large",
        `the tokens take ${sealed.length} bytes of cookies, and there is room for ${MOST_CHUNKS * CHUNK}: use a store, or have the issuer put less into them`,
      );
    }
    const whole = `${parts}.${sealed}`;
    const left = (Math.min(lastUsedAt + idle, record.createdAt + absolute) - lastUsedAt) / 1000;
    names.forEach((name, part) => {
      if (part < parts) jar.set(name, whole.slice(part * CHUNK, (part + 1) * CHUNK), left);
      else jar.delete(name);
    });
    return { record, handle: undefined, lastUsedAt };
  }

  function clear(jar: CookieJar): void {
    for (const name of names) jar.delete(name);
  }

  function forgetOld(): void {
    for (const [key, { until }] of renewed) {
      if (until > now() && renewed.size <= MOST_KEPT) break;
      renewed.delete(key);
    }
  }

  return {
    async load(jar) {
      const sealed = read(jar);
      const content = sealed === undefined ? undefined : ((await seal.open(sealed)) as Content | undefined);
      if (content === undefined) return undefined;
      const { record, lastUsedAt } = content;
      const time = now();
      if (time - lastUsedAt > idle || time - record.createdAt > absolute) return undefined;
      if (time - lastUsedAt < Math.min(60_000, idle / 10))
        return { record, handle: undefined, lastUsedAt } as Found;
      return await write(jar, record);
    },

    begin: write,

    async renew(jar, held, renewal: Renewal) {
      forgetOld();
      // Not every issuer gives a new refresh token each time; the access token is another one.
      const key = await digest(`${held.record.refreshToken} ${held.record.accessToken}`);
      let known = renewed.get(key);
      if (known === undefined) {
        known = { until: now() + KEPT_MS, result: renewal(held.record) };
        renewed.set(key, known);
        known.result.catch((error) => {
          // That a session is over stays true; anything else may be tried again.
          if (!isAuthError(error) || error.code !== "session_ended") renewed.delete(key);
        });
      }
      try {
        const record = await known.result;
        // Two browsers never have the same refresh token; what the person began the session with stays theirs.
        return await write(jar, {
          ...record,
          createdAt: held.record.createdAt,
          appState: held.record.appState,
        });
      } catch (error) {
        if (isAuthError(error) && error.code === "session_ended") clear(jar);
        throw error;
      }
    },

    async end(jar) {
      clear(jar);
    },
  };
}
