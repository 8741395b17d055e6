"""Reads every row of every table, and says which values are none that their columns may hold.

It reads as bytes what SQLite calls a text, since damage may have made it something else.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING

from protolabel.store.column_rules import DERIVED_RULES, RULES, Rule, meta_rule

if TYPE_CHECKING:
    from protolabel.store.connection import Connection

MOST_FINDINGS = 20  # of a table


class Undecodable(bytes):
    """What SQLite calls a text and is none in UTF-8."""


def _text_of(raw: bytes) -> str | Undecodable:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return Undecodable(raw)


@contextmanager
def any_text(db: sqlite3.Connection) -> Iterator[None]:
    """Let statements return texts that are no UTF-8 as :class:`Undecodable`.

    The caller holds the lock of the connection, so that no other thread reads meanwhile.
    """
    factory = db.text_factory
    db.text_factory = _text_of
    try:
        yield
    finally:
        db.text_factory = factory


def unreadable_values(db: sqlite3.Connection) -> Iterator[str]:
    """Yield what rows hold that they may not, of the tables that only a backup brings back."""
    with any_text(db):
        for table, rules in RULES.items():
            yield from islice(_unreadable_of(db, table, rules), MOST_FINDINGS)


def unreadable_keys(db: sqlite3.Connection, table: str) -> Iterator[int]:
    """Yield the keys of the rows of a derived table that hold what they may not."""
    rules = DERIVED_RULES[table]
    with any_text(db):
        for row in db.execute(_selection(table, rules)):
            if not all(rule.holds(value) for rule, value in zip(rules.values(), row, strict=True)):
                yield row[0]


def damaged_keys(
    connection: Connection, table: str, rows: Callable[[], Iterable[tuple[int, object]]]
) -> list[int]:
    """Return the keys of the rows of a derived table that are not what was written, ascending.

    ``rows``: yields the key of each row, with None where its digest is wrong.
    """
    with connection.reading() as db, any_text(db):
        unequal = {key for key, row in rows() if row is None}
        return sorted(unequal.union(unreadable_keys(db, table)))


def _unreadable_of(db: sqlite3.Connection, table: str, rules: Mapping[str, Rule]) -> Iterator[str]:
    names, checks = list(rules), [rule.holds for rule in rules.values()]
    for row in db.execute(_selection(table, rules)):
        for name, holds, value in zip(names, checks, row, strict=True):
            if not holds(value):
                yield _finding(table, row[0], name, value, rules[name])
        if table == "meta":
            rule = meta_rule(row[0]) if isinstance(row[0], str) else None
            if rule is not None and not rule.holds(row[1]):
                yield _finding(table, row[0], "value", row[1], rule)


def _selection(table: str, rules: Mapping[str, Rule]) -> str:
    columns = (f"typeof({name})" if rule.of_type else name for name, rule in rules.items())
    return f"SELECT {', '.join(columns)} FROM {table}"


def _finding(table: str, key: object, column: str, value: object, rule: Rule) -> str:
    got = repr(bytes(value) if isinstance(value, Undecodable) else value)
    where = f"{table}, {str(key)[:60]!r}" if table == "meta" else f"{table} {key}"
    return f"{where}: {column} is {got[:60]}, expected {rule.words}"
