"""Notes of what people decided with changes: one a change, the newest ones, each kind by itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from protolabel.store.noted_decisions import MOST_BYTES, NotedDecisions


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    """A database with a table ``meta`` in which others have rows, too."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)")
    others = ("kind", "kind;", "kind:", "kinds:7", "kin:7", "another:7")
    connection.executemany("INSERT INTO meta VALUES (?, 'x')", [(key,) for key in others])
    yield connection
    assert {key for key, text in connection.execute("SELECT * FROM meta") if text == "x"} == {
        *others
    }
    connection.close()


def test_what_was_noted_of_a_change_first_stays_until_it_is_replaced(db):
    noted = NotedDecisions("kind:", ["kind:"])
    assert not noted.any(db)
    assert noted.changes(db) == []
    for change, text in ((10, "ten"), (9, "nine"), (10, "again")):
        noted.note(db, change, text)
    assert noted.any(db)
    assert noted.changes(db) == [9, 10]
    assert noted.texts(db, [10, 8, 9]) == [(10, "ten"), (9, "nine")]
    noted.replace(db, 10, "other")
    noted.replace(db, 8, "never noted")
    noted.replace(db, 9, None)
    assert noted.texts(db, range(20)) == [(10, "other")]


def test_the_newest_notes_stay_by_number_and_not_by_spelling_as_many_as_fit(db):
    noted, text = NotedDecisions("kind:", ["kind:"]), "é" * (MOST_BYTES // 40)  # two bytes each
    for change in range(1, 31):
        noted.note(db, change, text)
    assert noted.changes(db) == list(range(11, 31))
    assert noted.lost(db, range(40)) == 10
    assert noted.lost(db, [9, 11, 99]) == 1
    assert noted.texts(db, [9, 11]) == [(11, text)]
    noted.clear(db)
    assert not noted.any(db)
    assert noted.lost(db, range(40)) == 0


def test_a_note_larger_than_all_may_be_stays_until_the_next_one(db):
    noted = NotedDecisions("kind:", ["kind:"])
    for change, size in ((1, 1), (2, MOST_BYTES + 1)):
        noted.note(db, change, "n" * size)
    assert noted.changes(db) == [2]
    noted.note(db, 3, "n")
    assert noted.changes(db) == [3]
    assert noted.lost(db, [1, 2, 3]) == 2


def test_many_small_notes_all_stay(db):
    noted = NotedDecisions("kind:", ["kind:"])
    for change in range(1, 1001):
        noted.note(db, change, "x" * 250)
    assert noted.changes(db) == list(range(1, 1001))


def test_the_notes_of_all_kinds_leave_with_the_same_changes(db):
    one, other = (NotedDecisions(kind, ["kind:", "two:"]) for kind in ("kind:", "two:"))
    for change in range(1, 41):
        one.note(db, change, "n" * (MOST_BYTES // 30))
        if change % 2:
            other.note(db, change, "n")
    assert one.changes(db) == list(range(12, 41))
    assert other.changes(db) == list(range(13, 41, 2))
