import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { migrate } from "./migrate.ts";
import type { Migration } from "./migration.ts";
import { migrations } from "./migrations/index.ts";
import { openDatabase } from "./open-database.ts";
import { inTransaction } from "./transaction.ts";

const freshFolder = () => mkdtempSync(join(tmpdir(), "hallpass-database-"));

/** Runs a module in a process of its own; its imports start at this folder. */
function runElsewhere(source: string) {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", source], {
    cwd: import.meta.dirname,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (data) => {
    output += data;
  });
  child.stderr.on("data", (data) => {
    output += data;
  });
  return { child, output: () => output, ended: once(child, "close") };
}

const opening = (file: string) =>
  `import { openDatabase } from ${JSON.stringify(join(import.meta.dirname, "open-database.ts"))};
   const db = await openDatabase({ file: ${JSON.stringify(file)} });`;

const permission = (key: string) => ({ key, description: "" });

describe("an open database", () => {
  test("writes through to the disk, lets readers go on, and enforces references", async () => {
    await using db = await openDatabase({ file: join(freshFolder(), "hallpass.db") });
    const pragma = async (name: string) =>
      Object.values((await sql.raw<Record<string, unknown>>(`pragma ${name}`).execute(db)).rows[0] ?? {})[0];
    expect(await pragma("journal_mode")).toBe("wal");
    expect(await pragma("synchronous")).toBe(2);
    expect(await pragma("foreign_keys")).toBe(1);
    expect(await pragma("busy_timeout")).toBe(5000);
    await expect(
      db.insertInto("passwords").values({ user_id: "kp_nobody", hash: "", updated_at: 0 }).execute(),
    ).rejects.toThrow(/FOREIGN KEY/);
  });

  test("makes its folder, and a file that only its owner reads", async () => {
    const file = join(freshFolder(), "deep", "down", "hallpass.db");
    await using _db = await openDatabase({ file });
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(statSync(join(file, "..")).mode & 0o077).toBe(0);
  });

  test("is found again with all it held", async () => {
    const file = join(freshFolder(), "hallpass.db");
    const first = await openDatabase({ file });
    await first.insertInto("permissions").values(permission("read:books")).execute();
    await first.close();
    await using second = await openDatabase({ file });
    expect(await second.selectFrom("permissions").select("key").execute()).toEqual([{ key: "read:books" }]);
  });

  test("undoes a transaction that fails", async () => {
    await using db = await openDatabase({ file: ":memory:" });
    const failing = db.transaction().execute(async (trx) => {
      await trx.insertInto("permissions").values(permission("a")).execute();
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(await db.selectFrom("permissions").selectAll().execute()).toEqual([]);
  });

  test("keeps what runs at the same time out of a transaction", async () => {
    await using db = await openDatabase({ file: ":memory:" });
    await Promise.all([
      db
        .transaction()
        .execute(async (trx) => {
          await trx.insertInto("permissions").values(permission("undone")).execute();
          await new Promise((resolve) => setTimeout(resolve, 30));
          throw new Error("no");
        })
        .catch(() => {}),
      db.insertInto("permissions").values(permission("kept")).execute(),
    ]);
    expect(await db.selectFrom("permissions").select("key").execute()).toEqual([{ key: "kept" }]);
  });

  test("puts a step into the transaction that is already running", async () => {
    await using db = await openDatabase({ file: ":memory:" });
    const failing = inTransaction(db, async (outer) => {
      await inTransaction(outer, async (inner) => {
        await inner.insertInto("permissions").values(permission("a")).execute();
      });
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(await db.selectFrom("permissions").selectAll().execute()).toEqual([]);
  });
});

describe("several processes", () => {
  test("that start at once on a new folder agree on one schema", async () => {
    const file = join(freshFolder(), "hallpass.db");
    const source = `${opening(file)}
      await db.insertInto("permissions").values({ key: String(process.pid), description: "" }).execute();
      const rows = await db.selectFrom("schema_migrations").selectAll().execute();
      await db.close();
      console.log("migrations:", rows.length);`;
    const processes = [runElsewhere(source), runElsewhere(source), runElsewhere(source)];
    for (const { ended, output } of processes) {
      await ended;
      expect(output()).toContain(`migrations: ${migrations.length}\n`);
    }
    await using db = await openDatabase({ file });
    expect(await db.selectFrom("permissions").selectAll().execute()).toHaveLength(3);
  });

  test("read and write in turn without losing an addition", async () => {
    const file = join(freshFolder(), "hallpass.db");
    await (await openDatabase({ file })).close();
    const source = `${opening(file)}
      for (let i = 0; i < 20; i += 1) {
        await db.transaction().execute(async (trx) => {
          const row = await trx.selectFrom("throttle").select("failures").executeTakeFirst();
          const failures = (row?.failures ?? 0) + 1;
          await trx.insertInto("throttle")
            .values({ key: "k", failures, last_failure_at: 0, blocked_until: 0, expires_at: 0 })
            .onConflict((c) => c.column("key").doUpdateSet({ failures })).execute();
        });
      }
      await db.close();`;
    const processes = [runElsewhere(source), runElsewhere(source)];
    for (const { child, ended, output } of processes) {
      await ended;
      expect(child.exitCode, output()).toBe(0);
    }
    await using db = await openDatabase({ file });
    expect(await db.selectFrom("throttle").select("failures").execute()).toEqual([{ failures: 40 }]);
  });

  test("find what one of them had stored when it was killed", async () => {
    const file = join(freshFolder(), "hallpass.db");
    const killed = runElsewhere(`${opening(file)}
      await db.insertInto("permissions").values({ key: "acknowledged", description: "" }).execute();
      process.kill(process.pid, "SIGKILL");`);
    await killed.ended;
    expect(killed.child.signalCode, killed.output()).toBe("SIGKILL");
    await using db = await openDatabase({ file });
    expect(await db.selectFrom("permissions").select("key").execute()).toEqual([{ key: "acknowledged" }]);
  });
});

describe("migrations", () => {
  test("run once, each recorded by its name", async () => {
    await using db = await openDatabase({ file: ":memory:" });
    expect(await migrate(db)).toEqual([]);
    const rows = await db.selectFrom("schema_migrations").select("name").orderBy("name").execute();
    const names = rows.map(({ name }) => name);
    expect(names).toEqual(migrations.map(({ name }) => name));
    expect(names.slice(0, 2)).toEqual(["0001-directory", "0002-provider"]);
  });

  test("leave nothing behind when one fails in the middle", async () => {
    await using db = await openDatabase({ file: ":memory:" });
    const applied = await db.selectFrom("schema_migrations").select("name").orderBy("name").execute();
    const before = applied.map(({ name }) => ({ name, up: async () => {} }));
    const good = {
      name: "0100-good",
      up: async (trx: Parameters<Migration["up"]>[0]) => {
        await trx.schema.createTable("good").addColumn("id", "text").execute();
      },
    };
    const bad = {
      name: "0101-bad",
      up: async () => {
        throw new Error("power cut");
      },
    };
    await expect(migrate(db, [...before, good, bad])).rejects.toThrow("power cut");
    expect(await migrate(db, [...before, good])).toEqual(["0100-good"]);
  });
});

describe("a database that cannot be used is refused with the way out", () => {
  test("the data folder is a file", async () => {
    const file = join(freshFolder(), "taken");
    writeFileSync(file, "");
    await expect(openDatabase({ file: join(file, "hallpass.db") })).rejects.toMatchObject({
      name: "DatabaseError",
      code: "data_unwritable",
      message: expect.stringContaining(`${file} cannot hold the database`),
    });
  });

  test("the data folder cannot be made", async () => {
    await expect(openDatabase({ file: "/proc/hallpass/hallpass.db" })).rejects.toMatchObject({
      code: "data_unwritable",
      message: expect.stringContaining("Give this user write access"),
    });
  });

  test("the path of the database is a folder", async () => {
    await expect(openDatabase({ file: freshFolder() })).rejects.toMatchObject({ code: "data_unwritable" });
  });

  test("the file holds something else", async () => {
    const file = join(freshFolder(), "hallpass.db");
    writeFileSync(file, "this is a diary, not a database ".repeat(200));
    await expect(openDatabase({ file })).rejects.toMatchObject({
      code: "data_corrupt",
      message: expect.stringContaining(file),
    });
  });

  test("a newer version has written it", async () => {
    const file = join(freshFolder(), "hallpass.db");
    const db = await openDatabase({ file });
    await db.insertInto("schema_migrations").values({ name: "9999-future", applied_at: 0 }).execute();
    await db.close();
    await expect(openDatabase({ file })).rejects.toMatchObject({
      code: "data_newer",
      message: expect.stringContaining("9999-future"),
    });
  });

  test("another process does not stop writing", async () => {
    const file = join(freshFolder(), "hallpass.db");
    await (await openDatabase({ file })).close();
    const writer = new DatabaseSync(file);
    writer.exec("begin immediate");
    await expect(openDatabase({ file, busyTimeout: 100 })).rejects.toMatchObject({ code: "data_busy" });
    writer.exec("rollback");
    writer.close();
  });
});
