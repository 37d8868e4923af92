"""The books, in the SQLite file that the bookstore's Express API uses too: either API can be stopped for the other."""

import json
import sqlite3
from datetime import datetime, timezone
from pathlib import Path
from threading import Lock
from typing import Any, Dict, List

SCHEMA = """
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
"""
SAMPLES = Path(__file__).parent.parent / "bookstore" / "api" / "sample-books.json"


class Shelf:
    """May be used from several threads."""

    def __init__(self, file: str) -> None:
        if file != ":memory:":
            Path(file).parent.mkdir(parents=True, exist_ok=True)
        self._lock = Lock()
        self._database = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self._database.row_factory = sqlite3.Row
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA busy_timeout = 5000")
        self._database.execute(SCHEMA)
        self._fill_when_empty()

    def list(self) -> List[Dict[str, Any]]:
        with self._lock:
            rows = self._database.execute("SELECT * FROM books ORDER BY added_by IS NULL, id DESC").fetchall()
        return [as_json(row) for row in rows]

    def add(self, title: str, author: str, year: int, blurb: str, added_by: str) -> Dict[str, Any]:
        with self._lock:
            row = self._database.execute(
                "INSERT INTO books (title, author, year, blurb, added_by, added_at) VALUES (?, ?, ?, ?, ?, ?) RETURNING *",
                (title, author, year, blurb, added_by, now()),
            ).fetchone()
        return as_json(row)

    def _fill_when_empty(self) -> None:
        self._database.execute("BEGIN IMMEDIATE")
        if self._database.execute("SELECT count(*) FROM books").fetchone()[0] == 0:
            # The newest row is listed first, so the list is put in from its end.
            for book in reversed(json.loads(SAMPLES.read_text("utf-8"))):
                self._database.execute(
                    "INSERT INTO books (title, author, year, blurb, staff_pick, added_at) VALUES (?, ?, ?, ?, ?, ?)",
                    (book["title"], book["author"], book["year"], book["blurb"], book["staffPick"], now()),
                )
        self._database.execute("COMMIT")


def as_json(row: sqlite3.Row) -> Dict[str, Any]:
    return {
        "id": row["id"],
        "title": row["title"],
        "author": row["author"],
        "year": row["year"],
        "blurb": row["blurb"],
        "staffPick": row["staff_pick"] == 1,
        "addedBy": row["added_by"],
        "addedAt": row["added_at"],
    }


def now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
