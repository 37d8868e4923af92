import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openShelf } from "./books.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bookshelf-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const novel = { title: "The Waves", author: "Virginia Woolf", year: 1931, blurb: "", addedBy: "kp_mina" };

it("still has an added book after it was closed and opened again, first in the list", () => {
  const file = join(folder, "books.sqlite");
  const first = openShelf(file);
  const before = first.list().length;
  const added = first.add(novel);
  first.close();

  const second = openShelf(file);
  expect(second.list()).toHaveLength(before + 1);
  expect(second.list()[0]).toEqual(added);
  second.close();
});

it("is filled once, however often it is opened", () => {
  const file = join(folder, "books.sqlite");
  const shelves = [openShelf(file), openShelf(file), openShelf(file)];
  expect(new Set(shelves.map((shelf) => shelf.list().length)).size).toBe(1);
  for (const shelf of shelves) shelf.close();
});

it("keeps text as text, also when it looks like SQL", () => {
  const shelf = openShelf(":memory:");
  const title = "Robert'); DROP TABLE books;--";
  expect(shelf.add({ ...novel, title }).title).toBe(title);
  expect(shelf.list().some((book) => book.title === title)).toBe(true);
  shelf.close();
});
