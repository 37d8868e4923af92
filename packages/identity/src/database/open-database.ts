import { closeSync, existsSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { Kysely } from "kysely";
import { DatabaseError } from "./database-error.ts";
import { migrate } from "./migrate.ts";
import type { Schema } from "./schema.ts";
import { NodeSqliteDialect } from "./sqlite-dialect.ts";

/** What every function of identity takes first: the database itself, or a transaction on it. */
export type Database = Kysely<Schema>;

/** An open database, and the way to close it. */
export type OpenDatabase = Database & AsyncDisposable & { close(): Promise<void> };

export interface DatabaseOptions {
  /** Path of the SQLite file, or `:memory:`. Its folder is made when it is missing, readable by its owner only. */
  file: string;
  /** How long a statement waits for another process that is writing, in milliseconds; 5000 if not given. */
  busyTimeout?: number;
}

const DEFAULT_BUSY_TIMEOUT = 5_000;

/**
 * Opens the database and brings its schema up to date.
 *
 * `synchronous=FULL` makes an acknowledged write survive a power cut; WAL lets readers go on while one process writes.
 *
 * @throws DatabaseError with `data_unwritable`, `data_corrupt`, `data_newer` or `data_busy`.
 */
export async function openDatabase(options: DatabaseOptions): Promise<OpenDatabase> {
  const { file } = options;
  const connection = connect(file, options.busyTimeout ?? DEFAULT_BUSY_TIMEOUT);
  try {
    await setUp(connection, options.busyTimeout ?? DEFAULT_BUSY_TIMEOUT);
  } catch (error) {
    connection.close();
    throw explained(error, file);
  }
  const db = new Kysely<Schema>({ dialect: new NodeSqliteDialect(connection) });
  try {
    await migrate(db);
  } catch (error) {
    await db.destroy();
    throw error instanceof DatabaseError ? error : explained(error, file);
  }
  const close = async () => db.destroy();
  return Object.assign(db, { close, [Symbol.asyncDispose]: close });
}

function connect(file: string, timeout: number): DatabaseSync {
  try {
    if (file === ":memory:") return new DatabaseSync(file);
    makeFolder(dirname(file));
    if (!existsSync(file)) makePrivateFile(file);
    return new DatabaseSync(file, { timeout, enableForeignKeyConstraints: true });
  } catch (error) {
    throw explained(error, file);
  }
}

/**
 * An empty file for SQLite to fill. It will hold password hashes and signing keys: nobody else on the machine has
 * business opening it, not even in the moment between its making and a change of its mode.
 */
function makePrivateFile(file: string): void {
  try {
    closeSync(openSync(file, "wx", 0o600));
  } catch (error) {
    // Another process was faster, and made it the same way.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/** `mkdir -p`, which Node's own never ends on file systems that answer ENOENT in a folder that exists (`/proc`). */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && statSync(path).isDirectory()) return;
    const parent = dirname(path);
    if (code !== "ENOENT" || existsSync(parent)) throw error;
    makeFolder(parent);
    makeFolder(path);
  }
}

async function setUp(connection: DatabaseSync, timeout: number): Promise<void> {
  connection.exec("pragma foreign_keys = on");
  const until = Date.now() + timeout;
  for (;;) {
    try {
      connection.exec("pragma journal_mode = wal");
      break;
    } catch (error) {
      // SQLite does not wait here as it does elsewhere when two processes switch a new file to WAL at once.
      if (sqliteCode(error) !== SQLITE_BUSY || Date.now() > until) throw error;
      await sleep(20);
    }
  }
  connection.exec("pragma synchronous = full");
  // What is removed or encrypted later is overwritten: otherwise a copy of the file still has the old bytes.
  connection.exec("pragma secure_delete = on");
}

const SQLITE_BUSY = 5;
const SQLITE_READONLY = 8;
const SQLITE_CANTOPEN = 14;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;
const SQLITE_FULL = 13;

function sqliteCode(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown }).errcode;
  // The low byte is the primary code, the rest an extension of it.
  return typeof code === "number" ? code & 0xff : undefined;
}

const UNWRITABLE = new Set(["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST", "ENOENT", "ENOSPC"]);

function explained(error: unknown, file: string): unknown {
  const system = (error as NodeJS.ErrnoException).code;
  const sqlite = sqliteCode(error);
  const folder = dirname(file);
  if (sqlite === SQLITE_BUSY) {
    return new DatabaseError(
      "data_busy",
      `Another process is writing to ${file} and did not finish in time. Stop it, or use another data folder.`,
      error,
    );
  }
  if (sqlite === SQLITE_NOTADB || sqlite === SQLITE_CORRUPT) {
    return new DatabaseError(
      "data_corrupt",
      `${file} is not a readable SQLite database. Restore it from a backup, or remove it to start afresh.`,
      error,
    );
  }
  if (
    sqlite === SQLITE_READONLY ||
    sqlite === SQLITE_CANTOPEN ||
    sqlite === SQLITE_FULL ||
    (system && UNWRITABLE.has(system))
  ) {
    const why = sqlite === SQLITE_FULL || system === "ENOSPC" ? "the disk is full" : "it cannot be written";
    return new DatabaseError(
      "data_unwritable",
      `The data folder ${folder} cannot hold the database: ${why}${system?.startsWith("E") && !system.startsWith("ERR_") ? ` (${system})` : ""}. Give this user write access to it, or name another folder.`,
      error,
    );
  }
  return error;
}
