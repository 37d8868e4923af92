import type { SQLInputValue } from "node:sqlite";
import { AuthError } from "../auth-error.ts";
import type { SessionStore } from "../session-store.ts";
import { sqlStore, tables } from "./sql.ts";

/**
 * Sessions in a SQLite file, for applications that run on one machine, in one process or several. A write survives the
 * end of the process and of the machine. The file is made if it is not there, readable for its owner only.
 *
 * @throws {AuthError} `option_invalid` without `path`, `not_supported` before Node 22.13
 */
export function sqliteStore({ path }: { readonly path: string }): SessionStore {
  if (typeof path !== "string" || path === "") {
    throw new AuthError(
      "option_invalid",
      "path is missing; expected the name of a file, such as ./sessions.sqlite",
    );
  }
  const sqlite = process.getBuiltinModule?.("node:sqlite");
  const files = process.getBuiltinModule?.("node:fs");
  if (sqlite === undefined || files === undefined) {
    throw new AuthError(
      "not_supported",
      `sqliteStore needs Node 22.13 or newer, and this is ${process.version}: use postgresStore or redisStore`,
    );
  }
  // SQLite makes a new file readable for everybody whom the umask lets.
  if (path !== ":memory:") files.closeSync(files.openSync(path, "a", 0o600));
  const database = new sqlite.DatabaseSync(path);
  database.exec("PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  for (const table of tables) database.exec(table);
  const statements = new Map<string, ReturnType<typeof database.prepare>>();

  return sqlStore({
    now: "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
    async run(text, values) {
      let statement = statements.get(text);
      if (statement === undefined) {
        statement = database.prepare(text);
        statements.set(text, statement);
      }
      const named = Object.fromEntries(values.map((value, at) => [`$${at + 1}`, value as SQLInputValue]));
      if (text.startsWith("SELECT")) return { rows: statement.all(named), changes: 0 };
      return { rows: [], changes: Number(statement.run(named).changes) };
    },
    close: async () => database.close(),
  });
}
