import { DatabaseSync } from "node:sqlite";
import type { Book } from "../book.ts";
import sampleBooks from "./sample-books.json" with { type: "json" };

export type NewBook = Pick<Book, "title" | "author" | "year" | "blurb"> & { addedBy: string };

export interface BookShelf {
  list(): Book[];
  add(book: NewBook): Book;
  close(): void;
}

interface Row {
  id: number;
  title: string;
  author: string;
  year: number;
  blurb: string;
  staff_pick: number;
  added_by: string | null;
  added_at: string;
}

const schema = `
  CREATE TABLE IF NOT EXISTS books (
    id         INTEGER PRIMARY KEY,
    title      TEXT NOT NULL,
    author     TEXT NOT NULL,
    year       INTEGER NOT NULL,
    blurb      TEXT NOT NULL,
    staff_pick INTEGER NOT NULL DEFAULT 0,
    added_by   TEXT,
    added_at   TEXT NOT NULL
  ) STRICT;
`;

/** Opens the shelf in an SQLite file, or in memory for `":memory:"`, and fills it the first time. */
export function openShelf(file: string): BookShelf {
  const database = new DatabaseSync(file);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000;");
  database.exec(schema);
  fillWhenEmpty(database);

  const all = database.prepare("SELECT * FROM books ORDER BY added_by IS NULL, id DESC");
  const insert = database.prepare(
    "INSERT INTO books (title, author, year, blurb, added_by, added_at) VALUES (?, ?, ?, ?, ?, ?) RETURNING *",
  );
  return {
    list: () => all.all().map((row) => toBook(row as unknown as Row)),
    add: ({ title, author, year, blurb, addedBy }) =>
      toBook(insert.get(title, author, year, blurb, addedBy, new Date().toISOString()) as unknown as Row),
    close: () => database.close(),
  };
}

function fillWhenEmpty(database: DatabaseSync): void {
  database.exec("BEGIN IMMEDIATE");
  const { count } = database.prepare("SELECT count(*) AS count FROM books").get() as { count: number };
  if (count === 0) {
    const insert = database.prepare(
      "INSERT INTO books (title, author, year, blurb, staff_pick, added_at) VALUES (?, ?, ?, ?, ?, ?)",
    );
    const now = new Date().toISOString();
    // The newest row is listed first, so the list is put in from its end.
    for (const book of sampleBooks.toReversed()) {
      insert.run(book.title, book.author, book.year, book.blurb, Number(book.staffPick), now);
    }
  }
  database.exec("COMMIT");
}

function toBook(row: Row): Book {
  return {
    id: row.id,
    title: row.title,
    author: row.author,
    year: row.year,
    blurb: row.blurb,
    staffPick: row.staff_pick === 1,
    addedBy: row.added_by,
    addedAt: row.added_at,
  };
}
