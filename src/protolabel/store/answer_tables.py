"""The tables of answers and of refusals: part of the file format since format 5.

Format 9 keeps when each document was answered first, its number by that, and what its near copies
share. Format 11 keeps all classes that people gave documents, remembered or not.
"""

from __future__ import annotations

ITSELF = 0  # a refusal's class where the document itself is not to be kept

# Whether a decision stands on a row of ``answers``: a label of a person's, or a refused class.
IS_DECIDED = f"""(person = 1 OR EXISTS (SELECT 1 FROM refusals
    WHERE refusals.document = answers.document AND refusals.class != {ITSELF}))"""

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

FIRST_ANSWERS = (
    "ALTER TABLE answers ADD COLUMN number INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE answers ADD COLUMN first_at TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE answers ADD COLUMN template BLOB",
    "UPDATE answers SET number = turn, first_at = at",
    """INSERT INTO meta SELECT 'answered', CAST(max(number) AS TEXT) FROM answers
        HAVING count(*) > 0""",
    """INSERT INTO meta SELECT 'beginning',
            printf('{"chosen": %d, "number": %d, "span": null}', max(number), min(number))
        FROM answers WHERE person = 0 AND (
            (SELECT count(*) FROM answers) >= coalesce((SELECT CAST(value AS INTEGER) FROM settings
                WHERE key = 'remember_most' AND died IS NULL), 10000)
            OR (SELECT total(bytes) FROM answers) >= 240000000)
        HAVING count(*) > 0""",
)

DECISIONS = (
    """CREATE TABLE decisions (
        document BLOB NOT NULL,
        class INTEGER NOT NULL,
        content BLOB,
        whole INTEGER NOT NULL CHECK (whole IN (0, 1)),
        PRIMARY KEY (document, class)) WITHOUT ROWID""",
    """INSERT INTO decisions SELECT document, class, content, 0 FROM answers
        WHERE person = 1 AND class IS NOT NULL""",
)
