"""The table of negative examples: part of the file format since format 8."""

from __future__ import annotations

NEGATIVE_TABLES = (
    """CREATE TABLE negatives (
        row INTEGER PRIMARY KEY,
        negative INTEGER NOT NULL,
        id TEXT NOT NULL,
        item INTEGER NOT NULL REFERENCES items (item),
        class INTEGER NOT NULL,
        source TEXT NOT NULL,
        born INTEGER NOT NULL REFERENCES changes (version),
        died INTEGER REFERENCES changes (version),
        CHECK (died IS NULL OR died > born))""",
    "CREATE UNIQUE INDEX negatives_live ON negatives (negative) WHERE died IS NULL",
    "CREATE UNIQUE INDEX negatives_live_id ON negatives (id) WHERE died IS NULL",
    "CREATE INDEX negatives_class ON negatives (class)",
    "CREATE INDEX negatives_item ON negatives (item)",
    "CREATE INDEX negatives_born ON negatives (born)",
    "CREATE INDEX negatives_died ON negatives (died) WHERE died IS NOT NULL",
)
