import type { SessionStore, StoredSession } from "../session-store.ts";

/** A row, as databases give it: PostgreSQL's drivers spell large numbers as text. */
type Row = Readonly<Record<string, unknown>>;

/** One statement with numbered parameters (`$1`), by which PostgreSQL and SQLite understand the same text. */
export interface Sql {
  run(
    text: string,
    values: readonly unknown[],
  ): Promise<{ readonly rows: readonly Row[]; readonly changes: number }>;
  /** Milliseconds since 1970, by the clock of the database: those of several hosts differ. */
  readonly now: string;
  close?: (() => Promise<void>) | undefined;
}

/** The tables. They may be made beforehand by somebody with more rights than the application has. */
export const tables: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS hallpass_sessions (
    key TEXT PRIMARY KEY,
    user_key TEXT NOT NULL,
    sid TEXT,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    data TEXT NOT NULL
  )`,
  "CREATE INDEX IF NOT EXISTS hallpass_sessions_user ON hallpass_sessions (user_key)",
  "CREATE INDEX IF NOT EXISTS hallpass_sessions_sid ON hallpass_sessions (sid)",
  "CREATE INDEX IF NOT EXISTS hallpass_sessions_expiry ON hallpass_sessions (expires_at)",
  `CREATE TABLE IF NOT EXISTS hallpass_locks (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    expires_at BIGINT NOT NULL
  )`,
];

const COLUMNS = "key, user_key, sid, created_at, last_used_at, expires_at, version, data";

/** How often a process looks for what has expired, in milliseconds. */
const SWEEP_MS = 300_000;

export function sqlStore({ run, now, close }: Sql): SessionStore {
  let sweptAt = Date.now();

  async function sweep(): Promise<void> {
    if (Math.abs(Date.now() - sweptAt) < SWEEP_MS) return;
    sweptAt = Date.now();
    await run(`DELETE FROM hallpass_sessions WHERE expires_at <= ${now}`, []);
    await run(`DELETE FROM hallpass_locks WHERE expires_at <= ${now}`, []);
  }

  async function select(condition: string, value: string): Promise<StoredSession[]> {
    const { rows } = await run(`SELECT ${COLUMNS} FROM hallpass_sessions WHERE ${condition} = $1`, [value]);
    return rows.map(sessionOf);
  }

  async function remove(condition: string, value: string): Promise<number> {
    return (await run(`DELETE FROM hallpass_sessions WHERE ${condition} = $1`, [value])).changes;
  }

  return {
    get: async (key) => (await select("key", key))[0],
    async set(session, replaces) {
      await sweep();
      const { key, user, sid = null, createdAt, lastUsedAt, expiresAt, version, data } = session;
      if (replaces === undefined) {
        await run(`INSERT INTO hallpass_sessions (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, [
          key,
          user,
          sid,
          createdAt,
          lastUsedAt,
          expiresAt,
          version,
          data,
        ]);
        return true;
      }
      const { changes } = await run(
        "UPDATE hallpass_sessions SET version = $2, data = $3 WHERE key = $1 AND version = $4",
        [key, version, data, replaces],
      );
      return changes > 0;
    },
    async touch(key, lastUsedAt, expiresAt) {
      await run("UPDATE hallpass_sessions SET last_used_at = $2, expires_at = $3 WHERE key = $1", [
        key,
        lastUsedAt,
        expiresAt,
      ]);
    },
    delete: async (key) => (await remove("key", key)) > 0,
    async lock(name, holder, ttl) {
      const { changes } = await run(
        `INSERT INTO hallpass_locks (name, holder, expires_at) VALUES ($1, $2, ${now} + $3)
         ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
         WHERE hallpass_locks.expires_at <= ${now}`,
        [name, holder, ttl],
      );
      return changes > 0;
    },
    async unlock(name, holder) {
      await run("DELETE FROM hallpass_locks WHERE name = $1 AND holder = $2", [name, holder]);
    },
    listByUser: (user) => select("user_key", user),
    listBySid: (sid) => select("sid", sid),
    deleteByUser: (user) => remove("user_key", user),
    ...(close && { close }),
  };
}

function sessionOf(row: Row): StoredSession {
  return {
    key: `${row.key}`,
    user: `${row.user_key}`,
    sid: row.sid === null ? undefined : `${row.sid}`,
    createdAt: Number(row.created_at),
    lastUsedAt: Number(row.last_used_at),
    expiresAt: Number(row.expires_at),
    version: Number(row.version),
    data: `${row.data}`,
  };
}
