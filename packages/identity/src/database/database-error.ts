/** Why the database cannot be used. */
export type DatabaseErrorCode = "data_unwritable" | "data_corrupt" | "data_newer" | "data_busy";

/** Thrown by {@link openDatabase}; the message names the path and the way out. */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
  readonly code: DatabaseErrorCode;

  constructor(code: DatabaseErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
