import { randomValue } from "@hallpass/client/server";
import { AuthError, isAuthError } from "./auth-error.ts";
import type { CookiePolicy } from "./cookies.ts";
import { RENEWAL_BUDGET_MS } from "./renewal.ts";
import { createSeal, digest, type Seal } from "./seal.ts";
import type { HeldSession, Renewal, SessionKeeper } from "./session-keeper.ts";
import type { SessionRecord } from "./session-record.ts";
import type { SessionStore, StoredSession } from "./session-store.ts";
import type { Settings } from "./settings.ts";

/** A session together with how it is stored. */
interface Found extends HeldSession {
  readonly handle: string;
  readonly id: string;
  readonly stored: StoredSession;
}

/** 256 random bits, base64url. */
const ID = /^[\w-]{43}$/;

/** A holder that was killed blocks the others for no longer; one that lives is done by then. */
const LOCK_MS = RENEWAL_BUDGET_MS + 1_000;
/** Long enough to outlast one dead holder and then do the work. */
const LONGEST_WAIT_MS = LOCK_MS + RENEWAL_BUDGET_MS;

/** Sessions in a store: the cookie has an id and nothing else. */
export function createStoredSessions(
  settings: Settings,
  policy: CookiePolicy,
  store: SessionStore,
): SessionKeeper {
  const { now, idle, absolute } = settings;
  const running = new Map<string, Promise<Found | undefined>>();

  /** The key is the cookie's value, which the store never sees. Another application's session cannot be opened here. */
  const sealFor = (id: string): Seal => createSeal([id], `hallpass stored session ${scoped(settings, "")}`);

  async function find(id: string): Promise<Found | undefined> {
    const key = await digest(id);
    const stored = await store.get(key);
    const time = now();
    if (stored === undefined || stored.expiresAt <= time) return undefined;
    if (time - stored.lastUsedAt > idle || time - stored.createdAt > absolute) return undefined;
    const record = await sealFor(id).open(stored.data);
    return record === undefined ? undefined : { record: record as SessionRecord, handle: key, id, stored };
  }

  /** In use now. Writing that down every time would cost more than it tells. */
  async function touch(found: Found): Promise<Found> {
    const time = now();
    const { key, lastUsedAt, createdAt } = found.stored;
    if (time - lastUsedAt < Math.min(60_000, idle / 10)) return found;
    const expiresAt = Math.min(time + idle, createdAt + absolute);
    await store.touch(key, time, expiresAt);
    return { ...found, stored: { ...found.stored, lastUsedAt: time, expiresAt } };
  }

  /** The tokens of before are spent: what has come in their place is worth a second attempt. */
  async function setOrTryAgain(stored: StoredSession, replaces: number): Promise<boolean> {
    try {
      return await store.set(stored, replaces);
    } catch {
      return await store.set(stored, replaces);
    }
  }

  async function renewUnderLock(held: Found, renewal: Renewal): Promise<Found | undefined> {
    const lock = `refresh:${held.stored.key}`;
    const holder = randomValue();
    const giveUp = Date.now() + LONGEST_WAIT_MS;
    while (!(await store.lock(lock, holder, LOCK_MS))) {
      await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 100));
      const current = await find(held.id);
      if (current?.stored.version !== held.stored.version) return current;
      if (Date.now() > giveUp) {
        throw new AuthError(
          "issuer_unreachable",
          "another process is renewing this session and does not end",
          {
            retryAfter: 1,
          },
        );
      }
    }
    try {
      return await renewAlone(held, renewal);
    } finally {
      // It ends by itself if this fails.
      await store.unlock(lock, holder).catch(() => {});
    }
  }

  async function renewAlone(held: Found, renewal: Renewal): Promise<Found | undefined> {
    const before = await find(held.id);
    // While this one waited for its turn, another may have done the work, or ended the session.
    if (before === undefined || before.stored.version !== held.stored.version) return before;
    let record: SessionRecord;
    try {
      record = await renewal(before.record);
    } catch (error) {
      if (!isAuthError(error) || error.code !== "session_ended") throw error;
      const current = await find(held.id);
      // Somebody whose lock ran out was faster after all.
      if (current !== undefined && current.stored.version !== before.stored.version) return current;
      await store.delete(held.stored.key);
      throw error;
    }
    const stored: StoredSession = {
      ...before.stored,
      version: before.stored.version + 1,
      data: await sealFor(held.id).seal(record),
    };
    if (await setOrTryAgain(stored, before.stored.version)) return { ...before, record, stored };
    // Signed out meanwhile, or renewed by somebody else.
    return await find(held.id);
  }

  return {
    async load(jar) {
      const id = jar.get(policy.session);
      if (id === undefined || !ID.test(id)) return undefined;
      const found = await find(id);
      return found === undefined ? undefined : await touch(found);
    },

    async begin(jar, record) {
      const before = jar.get(policy.session);
      const id = randomValue();
      const time = record.createdAt;
      const stored: StoredSession = {
        key: await digest(id),
        user: scoped(settings, record.subject),
        sid: record.sid === undefined ? undefined : scoped(settings, record.sid),
        createdAt: time,
        lastUsedAt: time,
        expiresAt: Math.min(time + idle, time + absolute),
        version: 1,
        data: await sealFor(id).seal(record),
      };
      await store.set(stored);
      if (before !== undefined && ID.test(before)) await store.delete(await digest(before));
      jar.set(policy.session, id, absolute / 1000);
      return { record, handle: stored.key, id, stored } as Found;
    },

    async renew(_jar, held, renewal) {
      const found = held as Found;
      const key = `${found.stored.key} ${found.stored.version}`;
      let work = running.get(key);
      if (work === undefined) {
        work = renewUnderLock(found, renewal).finally(() => running.delete(key));
        running.set(key, work);
      }
      return await work;
    },

    async end(jar, held) {
      jar.delete(policy.session);
      await store.delete((held as Found).stored.key);
    },
  };
}

/** Applications may share a store: the same subject at another issuer is somebody else. */
export function scoped({ clientId, address }: Settings, name: string): string {
  return `${clientId}@${address}#${name}`;
}
