"""The name of a label space's encoder, read at a glance: a guess, before the file is opened."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

_MAGIC = b"SQLite format 3\0"


def likely_encoder(path: str) -> str:
    """Return the name of the newest encoder that a label space file knows; empty where none shows.

    It takes no lock, makes no file beside this one, and reads no log: what was written last may be
    missing.
    """
    try:
        with open(path, "rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                return ""
        address = f"{Path(path).absolute().as_uri()}?immutable=1"
        with closing(sqlite3.connect(address, uri=True)) as db:
            sql = "SELECT encoder FROM encodings ORDER BY encoding DESC LIMIT 1"
            row = db.execute(sql).fetchone()
    except (OSError, ValueError, sqlite3.Error):
        return ""
    return str(row[0]) if row else ""
