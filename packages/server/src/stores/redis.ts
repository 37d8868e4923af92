import { AuthError } from "../auth-error.ts";
import type { SessionStore, StoredSession } from "../session-store.ts";

/** The part of a client that is used: of the package `redis`, or of `ioredis`. */
export type RedisClient =
  | { sendCommand(command: string[]): Promise<unknown> }
  | { call(command: string, ...rest: string[]): Promise<unknown> };

/** Writes a session with its indexes, if what it replaces is there. What has expired leaves the indexes. */
const SET = `
if ARGV[1] ~= '' and redis.call('HGET', KEYS[1], 'version') ~= ARGV[1] then return 0 end
if ARGV[1] ~= '' then
  redis.call('HSET', KEYS[1], 'version', ARGV[2], 'data', ARGV[3])
  return 1
end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'data', ARGV[3], 'user', ARGV[4], 'sid', ARGV[5],
  'createdAt', ARGV[6], 'lastUsedAt', ARGV[7], 'expiresAt', ARGV[8])
redis.call('PEXPIREAT', KEYS[1], ARGV[8])
for index = 2, #KEYS do
  for _, key in ipairs(redis.call('SMEMBERS', KEYS[index])) do
    if redis.call('EXISTS', ARGV[11] .. key) == 0 then redis.call('SREM', KEYS[index], key) end
  end
  redis.call('SADD', KEYS[index], ARGV[9])
  if redis.call('PTTL', KEYS[index]) < tonumber(ARGV[10]) then redis.call('PEXPIRE', KEYS[index], ARGV[10]) end
end
return 1`;

const TOUCH = `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'lastUsedAt', ARGV[1], 'expiresAt', ARGV[2])
return redis.call('PEXPIREAT', KEYS[1], ARGV[2])`;

const UNLOCK = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

/** An index outlives every session that it may name: the longest that a session can last (400 days), in milliseconds. */
const INDEX_MS = 400 * 86_400_000;

/**
 * Sessions in Redis 6.2 or newer (or Valkey), for any number of processes and machines; not in a cluster of several
 * shards. How much of it survives a crash of Redis is set there (`appendonly`). The client stays the caller's to end.
 *
 * @param options `prefix` goes in front of all keys; default `hallpass:`
 * @throws {AuthError} `option_invalid` without `client`
 */
export function redisStore(options: {
  readonly client: RedisClient;
  readonly prefix?: string;
}): SessionStore {
  const { client, prefix = "hallpass:" } = options ?? {};
  const send = commandOf(client);
  const script = (text: string, keys: readonly string[], values: readonly (string | number)[]) =>
    send(["EVAL", text, `${keys.length}`, ...keys, ...values.map(String)]);
  const sessionKey = (key: string): string => `${prefix}session:${key}`;
  const userKey = (user: string): string => `${prefix}user:${user}`;
  const sidKey = (sid: string): string => `${prefix}sid:${sid}`;

  async function get(key: string): Promise<StoredSession | undefined> {
    const found = (await send(["HGETALL", sessionKey(key)])) as string[] | Record<string, string>;
    // RESP2 answers with a list of names and values, RESP3 with a map.
    const fields = Array.isArray(found)
      ? pairs(found)
      : found instanceof Map
        ? Object.fromEntries(found)
        : found;
    const { user, sid, createdAt, lastUsedAt, expiresAt, version, data } = fields;
    if (user === undefined || data === undefined) return undefined;
    return {
      key,
      user,
      sid: sid || undefined,
      createdAt: Number(createdAt),
      lastUsedAt: Number(lastUsedAt),
      expiresAt: Number(expiresAt),
      version: Number(version),
      data,
    };
  }

  async function list(index: string): Promise<StoredSession[]> {
    const answer = (await send(["SMEMBERS", index])) as Iterable<string>;
    const keys = [...answer];
    const found = await Promise.all(keys.map(get));
    const gone = keys.filter((_, at) => found[at] === undefined);
    if (gone.length > 0) await send(["SREM", index, ...gone]);
    return found.filter((session) => session !== undefined);
  }

  async function remove(key: string): Promise<boolean> {
    const session = await get(key);
    if (session === undefined) return false;
    const deleted = Number(await send(["DEL", sessionKey(key)]));
    await send(["SREM", userKey(session.user), key]);
    if (session.sid !== undefined) await send(["SREM", sidKey(session.sid), key]);
    return deleted > 0;
  }

  return {
    get,
    async set(session, replaces) {
      const { key, user, sid, createdAt, lastUsedAt, expiresAt, version, data } = session;
      const keys = [sessionKey(key), userKey(user), ...(sid === undefined ? [] : [sidKey(sid)])];
      const values = [
        version,
        data,
        user,
        sid ?? "",
        createdAt,
        lastUsedAt,
        Math.round(expiresAt),
        key,
        INDEX_MS,
        sessionKey(""),
      ];
      return Number(await script(SET, keys, [replaces ?? "", ...values])) > 0;
    },
    async touch(key, lastUsedAt, expiresAt) {
      await script(TOUCH, [sessionKey(key)], [lastUsedAt, Math.round(expiresAt)]);
    },
    delete: remove,
    async lock(name, holder, ttl) {
      return (await send(["SET", `${prefix}lock:${name}`, holder, "NX", "PX", `${ttl}`])) !== null;
    },
    async unlock(name, holder) {
      await script(UNLOCK, [`${prefix}lock:${name}`], [holder]);
    },
    listByUser: (user) => list(userKey(user)),
    listBySid: (sid) => list(sidKey(sid)),
    async deleteByUser(user) {
      const all = await list(userKey(user));
      const deleted = await Promise.all(all.map(({ key }) => remove(key)));
      return deleted.filter(Boolean).length;
    },
  };
}

function commandOf(client: RedisClient | undefined): (command: string[]) => Promise<unknown> {
  // A client of ioredis has a `sendCommand` too, which takes something else.
  if (client !== undefined && isIoredis(client)) return ([name = "", ...rest]) => client.call(name, ...rest);
  if (typeof client?.sendCommand === "function") return (command) => client.sendCommand(command);
  throw new AuthError(
    "option_invalid",
    "client is missing; expected a connected client of the package redis or ioredis",
  );
}

function isIoredis(client: RedisClient): client is Extract<RedisClient, { call: unknown }> {
  return "call" in client && typeof client.call === "function";
}

function pairs(list: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: list.length / 2 }, (_, at) => [list[2 * at] ?? "", list[2 * at + 1] ?? ""]),
  );
}
