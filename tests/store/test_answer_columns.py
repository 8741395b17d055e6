"""The columns of remembered answers, by name: all that the table has, and which are renewed."""

from __future__ import annotations

import sqlite3
from dataclasses import fields, replace

import numpy as np
import pytest
from store_contract import SETTINGS, SPACE
from stored import connection_of

from protolabel.store import MEMORY, AnswerRow, create_store
from protolabel.store.answer_columns import COLUMNS, RENEWED, record_of, row_of, selection

FIRST = AnswerRow(
    document=b"d" * 16, place=b"p" * 16, content=b"c" * 16, id="a", source="inbox", at="2026-01-01",
    version=1, class_key=7, probability=0.25, head="prototypes", person=True, encoding=1,
    embedding=np.array([1, 2], np.float32), shares=np.array([0.25, 0.5], np.float32),
    text="pay the bill", template=b"t" * 16, columns=(b"passages", b"spans"),
)  # fmt: skip
LATER = replace(
    FIRST, place=None, content=b"e" * 16, id="b", source="outbox", at="2026-01-02", class_key=8,
    probability=0.5, head="refined", person=False, embedding=np.array([3, 4], np.float32),
    shares=np.array([0.5, 0.75], np.float32), text="pay the large bill", template=b"u" * 16,
    columns=(b"other passages", b"other spans"),
)  # fmt: skip


@pytest.fixture
def store():
    store = create_store(MEMORY, {"metric": "cosine"}, SPACE, SETTINGS, "me")
    yield store
    store.close()


def keep(store, row: AnswerRow) -> dict[str, object]:
    """Remember a row, and return the only record of the table by the names of its columns."""
    if row.person:
        store.answers.judge([], [], change=None, decisions=[row.decision])
    store.answers.keep([row], most=9, forgettings=0, patience=1.0)
    cursor = connection_of(store).db.execute("SELECT * FROM answers")
    (values,) = cursor.fetchall()
    return dict(zip([name for name, *_ in cursor.description], values, strict=True))


def test_a_row_is_stored_under_the_names_of_its_columns(store):
    record = keep(store, FIRST)
    assert {name: record[name] for name in COLUMNS} == record_of(FIRST)
    assert record.keys() - set(COLUMNS) == {"turn", "number", "first_at"}


def test_what_a_person_judged_stays_and_the_names_vectors_and_texts_of_its_document_are_renewed(
    store,
):
    first, later = keep(store, FIRST), keep(store, LATER)
    assert later == first | {name: record_of(LATER)[name] for name in RENEWED}
    assert {name for name in first if first[name] != later[name]} == {*RENEWED} - {"encoding"}


@pytest.mark.parametrize("texts", [True, False])
def test_a_selection_is_read_by_name_in_whatever_order(store, texts):
    keep(store, FIRST)
    cursor = connection_of(store).db.cursor()
    cursor.row_factory = sqlite3.Row
    columns = ", ".join(reversed(selection(texts=texts).split(", ")))
    row = row_of(cursor.execute(f"SELECT {columns} FROM answers").fetchone())
    expected = replace(FIRST, columns=None, text=FIRST.text if texts else None, labels=(7,))
    for field in fields(AnswerRow):
        np.testing.assert_equal(getattr(row, field.name), getattr(expected, field.name))
