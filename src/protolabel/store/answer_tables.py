"""The tables of answers and of refusals: part of the file format since format 5."""

from __future__ import annotations

ANSWER_TABLES = (
    """CREATE TABLE answers (
        turn INTEGER PRIMARY KEY,
        document BLOB NOT NULL UNIQUE,
        place BLOB,
        content BLOB NOT NULL,
        id TEXT NOT NULL,
        source TEXT NOT NULL,
        at TEXT NOT NULL,
        version INTEGER NOT NULL REFERENCES changes (version),
        class INTEGER,
        probability REAL,
        head TEXT NOT NULL,
        person INTEGER NOT NULL CHECK (person IN (0, 1)),
        encoding INTEGER NOT NULL REFERENCES encodings (encoding),
        embedding BLOB NOT NULL,
        shares BLOB NOT NULL,
        passages BLOB,
        spans BLOB,
        text TEXT,
        bytes INTEGER NOT NULL,
        digest BLOB NOT NULL)""",
    "CREATE INDEX answers_order ON answers (person, turn, bytes)",
    "CREATE INDEX answers_place ON answers (place) WHERE place IS NOT NULL",
    """CREATE TABLE refusals (
        document BLOB NOT NULL,
        class INTEGER NOT NULL,
        PRIMARY KEY (document, class)) WITHOUT ROWID""",
)
