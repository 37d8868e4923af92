import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
  type SqliteStatement,
} from "kysely";

/**
 * Kysely on Node's own SQLite. One connection, handed to one query or one transaction at a time (Kysely's
 * mutex), so a query on the outer database inside a transaction waits for ever: use the transaction's handle.
 */
export class NodeSqliteDialect extends SqliteDialect {
  readonly #connection: DatabaseSync;

  constructor(connection: DatabaseSync) {
    super({ database: asSqliteDatabase(connection) });
    this.#connection = connection;
  }

  override createDriver(): Driver {
    return new ImmediateDriver({ database: asSqliteDatabase(this.#connection) });
  }
}

/**
 * Takes the write lock when a transaction begins. A deferred one that turns from reading to writing fails at
 * once when another process wrote in between, and `busy_timeout` does not help there.
 */
class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin immediate"));
  }
}

/** Kysely expects better-sqlite3: parameters in one array, and a `reader` property on statements. */
function asSqliteDatabase(connection: DatabaseSync): SqliteDatabase {
  return {
    close: () => connection.close(),
    prepare(text: string): SqliteStatement {
      const statement = connection.prepare(text);
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...(parameters as SQLInputValue[])),
        run: (parameters) => statement.run(...(parameters as SQLInputValue[])),
        iterate: (parameters) => statement.iterate(...(parameters as SQLInputValue[])),
      };
    },
  };
}
