"""The texts that the table ``meta`` has by key. It works inside transactions of the caller."""

from __future__ import annotations

import sqlite3


def meta_value(db: sqlite3.Connection, key: str) -> str | None:
    """Return the text of a key; None where there is none."""
    row = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return None if row is None else str(row[0])


def meta_number(db: sqlite3.Connection, key: str) -> int:
    """Return the whole number of a key; 0 where there is none."""
    return int(meta_value(db, key) or 0)


def set_meta_value(db: sqlite3.Connection, key: str, value: str) -> None:
    """Give a key its text, whatever it had."""
    db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def count_up(db: sqlite3.Connection, key: str) -> None:
    """Add one to the number of a key."""
    sql = "INSERT INTO meta VALUES (?, '1') ON CONFLICT (key) DO UPDATE SET value = value + 1"
    db.execute(sql, (key,))
