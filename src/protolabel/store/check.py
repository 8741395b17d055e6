"""Finds damage in a label space file, and repairs what is derived.

It never changes the rows that people made. Where those are damaged, the remedy is a backup.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import groupby
from operator import itemgetter

import numpy as np

from protolabel.arguments import METRICS
from protolabel.arithmetic.fixed_point import unrepresentable
from protolabel.errors import SpaceDamagedError
from protolabel.store.births import LIVING_ITEMS
from protolabel.store.encodings import IN_FORCE
from protolabel.store.readable_rows import any_text, unreadable_values
from protolabel.store.schema import item_digest, migrate
from protolabel.store.sums import unpacked_sum
from protolabel.store.tables import Tables
from protolabel.store.transaction import open_change
from protolabel.types import Finding
from protolabel.words.quantity import quantity

COSINE = "cosine"
UNIT_ERROR = 1e-3  # how far rounding may take a length from one


def check(tables: Tables, *, repair: bool = False, who: str = "protolabel") -> list[Finding]:
    """Return what is wrong with a file, at most 20 of a kind: an empty list if it is sound.

    Args:
        tables: the open file.
        repair: rebuild what is derived, where the rows themselves are sound.
        who: whom the log of changes names for a repair.
    """
    findings: list[Finding] = []
    try:
        with tables.connection.reading():
            for what in _rows_findings(tables):
                findings.append(Finding(what, "damage"))  # kept where a later look fails
            sums = list(_sums_findings(tables)) if not findings else []
            fits = list(tables.fits.damaged()) if not findings else []
            answers = tables.answers.damaged() if not findings else []
            proposals = tables.proposals.damaged() if not findings else []
        metric = tables.log.meta.get("metric")
        unread = not findings and metric not in METRICS
        words = [f"the metric {metric!r} counts as cosine"] if unread else []
    except (SpaceDamagedError, sqlite3.DatabaseError, UnicodeDecodeError) as error:
        return [*findings, Finding(str(error), "damage")]
    if repair and sums:
        _rebuild_sums(tables, who)
    if repair and words:
        _use_metric(tables, COSINE)
    if repair:
        for kind, basis in fits:
            tables.fits.drop(kind, basis)
    if repair and answers:
        tables.answers.drop(answers)
    if repair and proposals:
        tables.proposals.drop(proposals)
    derived = [
        *words,
        *sums,
        *(f"the fit {k!r} of version {v} is not what was written" for k, v in fits),
        *(f"the remembered answer {turn} is not what was written" for turn in answers),
        *(f"the proposal P{number} is not what was written" for number in proposals),
    ]
    findings.extend(Finding(what, "derived", repair) for what in derived)
    return findings


def _unreadable(db: sqlite3.Connection) -> list[str]:
    """Return what SQLite finds wrong; else the values that are none of their columns."""
    with any_text(db):
        damage = [str(row[0]) for row in db.execute("PRAGMA integrity_check(20)")]
    if damage != ["ok"]:
        return [f"SQLite: {line}" for line in damage]
    return [*_absent_columns(db)] or list(unreadable_values(db))


def _absent_columns(db: sqlite3.Connection) -> Iterator[str]:
    """Yield what a file lacks of the columns that a new one has, and tables that it refers to."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as new:
        migrate(new)
        tables = [
            name for (name,) in new.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        ]
        for table in tables:
            expected, present = (
                {row[1] for row in each.execute(f"PRAGMA table_info({table})")}
                for each in (new, db)
            )
            yield from (f"{table} has no column {name!r}" for name in sorted(expected - present))
            for key in db.execute(f"PRAGMA foreign_key_list({table})"):
                if key[2] not in tables:
                    yield f"{table} refers to {key[2]!r}, which is no table"


def _rows_findings(tables: Tables) -> Iterator[str]:
    db = tables.connection.db
    if unreadable := _unreadable(db):
        yield from unreadable
        return  # what follows trusts these values
    for table, row, parent, _ in db.execute("PRAGMA foreign_key_check"):
        yield f"{table} row {row} refers to a row of {parent} that is not there"
    n, low, high = db.execute("SELECT count(*), min(version), max(version) FROM changes").fetchone()
    if (low, high) != (1, n):
        yield f"{quantity(n, 'change')} numbered {low} to {high}, expected 1 to {n}"
    if "metric" not in tables.log.meta:
        yield "meta has no 'metric'"
    elif tables.log.meta["metric"] not in METRICS and not _was_taken_for_cosine(tables):
        yield f"meta has the metric {tables.log.meta['metric']!r}, expected {' or '.join(METRICS)}"
    for table, noun in (("examples", "example"), ("negatives", "negative example")):
        orphans = db.execute(
            f"SELECT e.id FROM {table} e LEFT JOIN classes c ON c.class = e.class "
            "AND c.died IS NULL WHERE e.died IS NULL AND c.row IS NULL LIMIT 20"
        )
        for (identity,) in orphans:
            yield f"{noun} {identity!r} belongs to no class"
    yield from _parents_findings(tables)
    yield from _vectors_findings(tables)


def _parents_findings(tables: Tables) -> Iterator[str]:
    """Yield the classes whose parent is not there, or that stand under themselves."""
    parents = tables.classes.class_parents(tables.log.version())
    living = {row.key: row.name for row in tables.classes.classes(tables.log.version())}
    for key, parent in parents.items():
        if parent not in living:
            yield f"class {living[key]!r} stands under a class that is not there"
            continue
        above: int | None = parent
        for _ in range(len(parents)):
            above = None if above is None else parents.get(above)
        if above is not None:
            yield f"class {living[key]!r} stands under itself"


def _was_taken_for_cosine(tables: Tables) -> bool:
    """Return whether all vectors have length one: unknown metrics were once taken for cosine."""
    rows = tables.connection.db.execute("SELECT embedding FROM vectors")
    lengths = (np.linalg.norm(np.frombuffer(blob, dtype="<f4")) for (blob,) in rows)
    return all(abs(length - 1) < UNIT_ERROR for length in lengths)


def _vectors_findings(tables: Tables) -> Iterator[str]:
    """Check items and vectors: each as it was written, and each where a version needs it."""
    db = tables.connection.db
    dims = {e.number: e.dim for e in tables.encodings.encodings()}
    living = {item for (item,) in db.execute(LIVING_ITEMS)}
    rows = db.execute(
        "SELECT i.item, i.digest, i.text, i.image, x.encoding, x.embedding, x.digest FROM items i "
        "LEFT JOIN vectors x ON x.item = i.item ORDER BY i.item"
    )
    for item, group in groupby(rows, key=itemgetter(0)):
        whole = False
        for _, digest, text, image, encoding, blob, checksum in group:
            if blob is None:
                continue
            where = f"item {item}: an embedding in encoding {encoding}"
            if len(blob) != 4 * dims.get(encoding, 0):
                yield f"{where} of {len(blob)} bytes, expected {4 * dims.get(encoding, 0)}"
            elif not np.isfinite(np.frombuffer(blob, dtype="<f4")).all():
                yield f"{where} with values that are not finite"
            elif item in living and (reason := _unfit_for_sums(blob)):
                yield f"{where} that sums cannot hold: {reason}"
            elif hashlib.sha256(blob).digest() != checksum:
                yield f"{where} that is not what was written"
            whole = whole or item_digest(text, image, blob, encoding) == digest
        if not whole:
            yield f"item {item}: its digest is not that of its text, image and embedding"
    for item, version, encoding in db.execute(_LACKING, {"v": tables.log.version()}):
        yield f"item {item}: no embedding in encoding {encoding}, which holds at version {version}"


def _unfit_for_sums(blob: bytes) -> str:
    vector = np.frombuffer(blob, dtype="<f4")
    if not len(unrepresentable(vector[None, :])):
        return ""
    return f"its largest component is {float(np.abs(vector).max()):.3g}; remove its examples"


# Each reign of an encoding against the rows that lived in it: all of them must have vectors.
_LACKING = f"""SELECT needed.item, reign.born, reign.value
    FROM (SELECT CAST(value AS INTEGER) AS value, born, coalesce(died, :v + 1) AS died
          FROM settings WHERE key = '{IN_FORCE}') AS reign
    JOIN (SELECT item, born, coalesce(died, :v + 1) AS died FROM examples
          UNION SELECT item, born, coalesce(died, :v + 1) FROM negatives
          UNION SELECT description, born, coalesce(died, :v + 1) FROM classes
          WHERE description IS NOT NULL) AS needed
    ON needed.born < reign.died AND needed.died > reign.born
    WHERE NOT EXISTS (SELECT 1 FROM vectors
                      WHERE vectors.item = needed.item AND vectors.encoding = reign.value)
    LIMIT 20"""


def _sums_findings(tables: Tables) -> Iterator[str]:
    """Yield the counts and sums that differ from those of the examples, to the last bit."""
    version = tables.log.version()
    truth, dim = tables.vectors.recomputed_sums(version), tables.encodings.encoding(version).dim
    rows = tables.connection.db.execute("SELECT class, n, total, digest FROM sums")
    stored = {key: unpacked_sum(key, dim, *columns) for key, *columns in rows}
    for key in sorted(truth.keys() | stored.keys()):
        n, total = truth.get(key, (0, np.zeros(dim, dtype=np.int64)))
        row = stored.get(key, (0, np.zeros(dim, dtype=np.int64)))
        if row is None:
            yield f"the sum of class {key} is not what was written"
        elif row[0] != n or not np.array_equal(row[1], total):
            yield f"the sum of class {key} is not that of its {quantity(n, 'example')}"


def _rebuild_sums(tables: Tables, who: str) -> None:
    """Rebuild all sums, as a change: whoever has the file open sees a new version.

    Fits were made from the wrong sums, so they go in the same transaction. One that is being made
    elsewhere is stored under its old basis, and never used.
    """
    with open_change(tables, "repair", who) as writing:
        writing.rebuild_sums()
        tables.fits.drop_all()
        writing.summary = "repaired: sums rebuilt from the examples"


def _use_metric(tables: Tables, metric: str) -> None:
    """Replace an invalid metric name."""
    with tables.connection.transaction("IMMEDIATE") as db:
        db.execute("UPDATE meta SET value = ? WHERE key = 'metric'", (metric,))
    tables.log.meta["metric"] = metric
