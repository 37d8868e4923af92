import type { Kysely } from "kysely";

/** One step of the schema, forward only. It runs once, inside the transaction that also records its name. */
export interface Migration {
  /** `0001-directory`: the number orders, the name says what it brings. Never changes once released. */
  readonly name: string;
  /** Creates or alters tables, with nothing in it that PostgreSQL does not know as well. */
  // biome-ignore lint/suspicious/noExplicitAny: a migration works on a schema that the current types no longer describe
  readonly up: (db: Kysely<any>) => Promise<void>;
}
