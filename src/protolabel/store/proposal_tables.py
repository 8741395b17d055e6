"""The table of proposed classes: part of the file format since format 6."""

from __future__ import annotations

PROPOSAL_TABLES = (
    """CREATE TABLE proposals (
        proposal INTEGER PRIMARY KEY,
        state TEXT NOT NULL CHECK (state IN ('open', 'gone', 'refused', 'accepted')),
        at TEXT NOT NULL,
        encoding INTEGER NOT NULL REFERENCES encodings (encoding),
        n INTEGER NOT NULL,
        total BLOB NOT NULL,
        squares REAL NOT NULL,
        members BLOB NOT NULL,
        record TEXT NOT NULL,
        digest BLOB NOT NULL)""",
)
