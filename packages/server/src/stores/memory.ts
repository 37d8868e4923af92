import type { SessionStore, StoredSession } from "../session-store.ts";

/** How often those that have expired are looked for, in milliseconds. */
const SWEEP_MS = 60_000;

/** Sessions in the memory of one process: gone when it ends, and unknown to any other. For development and tests. */
export function memoryStore(): SessionStore {
  const sessions = new Map<string, StoredSession>();
  const locks = new Map<string, { readonly holder: string; readonly until: number }>();
  let sweptAt = Date.now();

  function sweep(): void {
    const now = Date.now();
    if (Math.abs(now - sweptAt) < SWEEP_MS) return;
    sweptAt = now;
    for (const [key, { expiresAt }] of sessions) if (expiresAt <= now) sessions.delete(key);
    for (const [name, { until }] of locks) if (until <= now) locks.delete(name);
  }

  const where = (has: (session: StoredSession) => boolean): StoredSession[] =>
    [...sessions.values()].filter(has);

  return {
    get: async (key) => sessions.get(key),
    async set(session, replaces) {
      sweep();
      if (replaces !== undefined && sessions.get(session.key)?.version !== replaces) return false;
      sessions.set(session.key, session);
      return true;
    },
    async touch(key, lastUsedAt, expiresAt) {
      const session = sessions.get(key);
      if (session !== undefined) sessions.set(key, { ...session, lastUsedAt, expiresAt });
    },
    delete: async (key) => sessions.delete(key),
    async lock(name, holder, ttl) {
      const now = Date.now();
      if ((locks.get(name)?.until ?? 0) > now) return false;
      locks.set(name, { holder, until: now + ttl });
      return true;
    },
    async unlock(name, holder) {
      if (locks.get(name)?.holder === holder) locks.delete(name);
    },
    listByUser: async (user) => where((session) => session.user === user),
    listBySid: async (sid) => where((session) => session.sid === sid),
    async deleteByUser(user) {
      const all = where((session) => session.user === user);
      for (const { key } of all) sessions.delete(key);
      return all.length;
    },
  };
}
