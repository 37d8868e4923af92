export { DatabaseError, type DatabaseErrorCode } from "./database-error.ts";
export type { Migration } from "./migration.ts";
export { type Database, type DatabaseOptions, type OpenDatabase, openDatabase } from "./open-database.ts";
export type { Schema } from "./schema.ts";
export { inTransaction } from "./transaction.ts";
