"""Notes of what people decided with changes: one a change, the newest ones, each kind by itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from random import Random

import pytest

from protolabel.store.noted_decisions import (
    ABOUT_ANSWERS,
    ABOUT_PROPOSALS,
    LEFT_BYTES,
    MOST_NOTE_BYTES,
    NotedDecisions,
)


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
    noted, text = (
        NotedDecisions("kind:", ["kind:"]),
        "é" * (MOST_NOTE_BYTES // 40),
    )  # two bytes each
    left: list[int] = []
    for change in range(1, 31):
        noted.note(db, change, text)
        left.append(change)
        if len(left) * len(text.encode()) > MOST_NOTE_BYTES:
            left = left[-(LEFT_BYTES // len(text.encode())) :]
        assert noted.changes(db) == left
    assert 9 < left[0] < 18
    assert noted.lost(db, range(40)) == 30 - len(left)
    assert noted.lost(db, [7, 20, 99]) == 1
    assert noted.texts(db, [7, 20]) == [(20, text)]
    noted.clear(db)
    assert not noted.any(db)
    assert noted.lost(db, range(40)) == 0


def test_a_note_larger_than_all_may_be_stays_until_the_next_one(db):
    noted = NotedDecisions("kind:", ["kind:"])
    for change, size in ((1, 1), (2, MOST_NOTE_BYTES + 1)):
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
        one.note(db, change, "n" * (MOST_NOTE_BYTES // 30))
        if change % 2:
            other.note(db, change, "n")
    left = one.changes(db)
    assert left == list(range(left[0], 41))
    assert LEFT_BYTES - 2e6 < len(left) * (MOST_NOTE_BYTES // 30) <= MOST_NOTE_BYTES
    assert other.changes(db) == [change for change in left if change % 2]


def test_the_bytes_of_all_notes_are_counted_as_they_come_and_go(db):
    kinds = [NotedDecisions(kind) for kind in (ABOUT_ANSWERS, ABOUT_PROPOSALS)]
    random = Random(5)
    for step in range(300):
        noted, change = random.choice(kinds), random.randrange(20)
        if step == 200:
            noted.clear(db)
        elif random.random() < 0.5:
            noted.note(db, change, "é" * random.choice([1, 20, MOST_NOTE_BYTES // 20]))
        else:
            noted.replace(db, change, random.choice([None, "", "other", "é" * 1000]))
        assert counted_bytes(db) == bytes_of_notes(db)
    assert kinds[0].lost(db, range(20)) > 0  # so some were too many


def test_what_an_older_program_noted_without_counting_is_counted(db):
    noted = NotedDecisions(ABOUT_ANSWERS)
    db.execute("INSERT INTO meta VALUES (?, ?)", (f"{ABOUT_ANSWERS}1", "n" * 10_000_000))
    noted.note(db, 2, "n")
    assert counted_bytes(db) == bytes_of_notes(db) == 10_000_001
    db.execute("UPDATE meta SET value = '99999999' WHERE key = 'noted'")
    noted.note(db, 3, "n")
    assert noted.changes(db) == [1, 2, 3]
    assert counted_bytes(db) == bytes_of_notes(db)


def counted_bytes(db: sqlite3.Connection) -> int:
    row = db.execute("SELECT value FROM meta WHERE key = 'noted'").fetchone()
    return int(row[0]) if row else 0


def bytes_of_notes(db: sqlite3.Connection) -> int:
    rows = db.execute("SELECT key, value FROM meta").fetchall()
    return sum(
        len(text.encode()) for key, text in rows if key.startswith(("decided:", "proposal:"))
    )
