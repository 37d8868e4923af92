import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import {
  memoryStore,
  postgresSchema,
  postgresStore,
  type RedisClient,
  redisStore,
  type SessionStore,
  sqliteStore,
} from "@hallpass/server";
import { Redis } from "ioredis";
import pg from "pg";
import { createClient } from "redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasPostgres, hasRedis, startPostgres, startRedis, type TestDatabase } from "./support/databases.ts";
import { keepsTheContract } from "./support/store-contract.ts";

const folder = mkdtempSync(join(tmpdir(), "hallpass-stores-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("sessions in memory", () => {
  const store = memoryStore();
  keepsTheContract(() => store);
});

describe("sessions in a SQLite file", () => {
  const path = join(folder, "sessions.sqlite");
  const opened: SessionStore[] = [];
  keepsTheContract(() => {
    const store = sqliteStore({ path });
    opened.push(store);
    return store;
  });
  afterAll(async () => {
    for (const store of opened) await store.close?.();
  });

  it("are readable for the owner of the file only", () => {
    expect(statSync(path).mode & 0o077).toBe(0);
  });

  it("are written so that a power failure loses nothing that was answered", () => {
    const database = new DatabaseSync(path);
    expect(database.prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" });
    database.close();
  });

  it("need a path", () => {
    expect(() => sqliteStore({ path: "" })).toThrow(/path is missing/);
  });
});

describe.skipIf(!hasPostgres)("sessions in PostgreSQL", () => {
  let database: TestDatabase;
  const pools: pg.Pool[] = [];
  const pool = (options: pg.PoolConfig = {}) => {
    const opened = new pg.Pool({ connectionString: database.url, max: 4, ...options });
    // A server that is stopped while a connection is idle is no failure of the test.
    opened.on("error", () => {});
    pools.push(opened);
    return opened;
  };
  beforeAll(async () => {
    database = await startPostgres();
  });
  afterAll(async () => {
    await Promise.all(pools.map((each) => each.end()));
    await database?.stop();
  });

  it("make their tables when they are first used, also by several at once", async () => {
    const stores = Array.from({ length: 6 }, () => postgresStore({ pool: pool() }));
    expect(await Promise.all(stores.map((store) => store.get("nobody")))).toEqual(
      stores.map(() => undefined),
    );
  });

  let shared: pg.Pool[] | undefined;
  keepsTheContract(() => {
    shared ??= [pool(), pool()];
    return postgresStore({ pool: shared[Math.floor(Math.random() * 2)] as pg.Pool });
  });

  it("work for a role that may make no tables, once somebody has made them", async () => {
    const owner = pool();
    await owner.query("CREATE DATABASE later");
    const later = pool({ connectionString: database.url.replace(/postgres$/, "later") });
    await later.query(postgresSchema);
    await later.query("CREATE ROLE app LOGIN");
    await later.query("GRANT SELECT, INSERT, UPDATE, DELETE ON hallpass_sessions, hallpass_locks TO app");
    const app = pool({
      connectionString: database.url.replace("test@", "app@").replace(/postgres$/, "later"),
    });
    expect(await postgresStore({ pool: app }).lock("one", "holder", 1_000)).toBe(true);
  });

  it("need a pool", () => {
    expect(() => postgresStore({ pool: undefined as unknown as pg.Pool })).toThrow(/pool is missing/);
  });
});

describe.skipIf(!hasRedis)("sessions in Redis", () => {
  let database: TestDatabase;
  const clients: { close?: () => unknown; disconnect?: () => unknown }[] = [];
  let node: RedisClient[];
  let io: RedisClient;
  beforeAll(async () => {
    database = await startRedis();
    const connect = async (RESP: 2 | 3) => {
      const client = createClient({ url: database.url, RESP });
      await client.connect();
      clients.push({ close: () => client.destroy() });
      return { sendCommand: (command: string[]) => client.sendCommand(command) };
    };
    const redis = new Redis(database.url);
    clients.push({ close: () => redis.disconnect() });
    node = [await connect(2), await connect(3)];
    io = redis;
  });
  afterAll(async () => {
    for (const client of clients) client.close?.();
    await database?.stop();
  });

  describe("with the package redis", () => {
    keepsTheContract(() => redisStore({ client: node[Math.floor(Math.random() * 2)] as RedisClient }));
  });

  describe("with the package ioredis", () => {
    keepsTheContract(() => redisStore({ client: io, prefix: "other:" }));
  });

  it("leave nothing behind when they have expired", async () => {
    const store = redisStore({ client: io, prefix: "brief:" });
    const now = Date.now();
    const session = { sid: "sid", createdAt: now, lastUsedAt: now, version: 1, data: "sealed", user: "ada" };
    await store.set({ ...session, key: "one", expiresAt: now + 30 });
    await expect.poll(() => store.get("one"), { timeout: 5_000 }).toBeUndefined();
    await store.set({ ...session, key: "two", expiresAt: now + 60_000 });
    const redis = io as Redis;
    expect(await redis.smembers("brief:user:ada")).toEqual(["two"]);
    expect(await redis.pttl("brief:user:ada")).toBeGreaterThan(0);
  });

  it("need a client", () => {
    expect(() => redisStore({ client: {} as RedisClient })).toThrow(/client is missing/);
  });
});
