"""What any store must do with the answers that were given, said through the protocol alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from protolabel.store import MEMORY, AnswerRow, Store, create_store
from protolabel.types import VectorSpace

SPACE = VectorSpace(1, "toy:2", "toy", 2, "text")


@pytest.fixture(params=["memory", "file"])
def store(request, tmp_path: Path) -> Iterator[Store]:
    path = MEMORY if request.param == "memory" else str(tmp_path / "a.space")
    store = create_store(path, {"metric": "cosine"}, SPACE, {}, "me")
    yield store
    store.close()


def row(n: int, label: int | None = 1, place: bytes | None = None) -> AnswerRow:
    return AnswerRow(
        document=bytes([n] * 16), place=place, content=bytes([n] * 16), id=f"d{n}", source="",
        at="2026-01-01", version=1, label=label, probability=0.5, head="prototypes", person=False,
        encoding=1, embedding=np.array([n, 1], np.float32), shares=np.zeros(2, np.float32),
        text=None,
    )  # fmt: skip


def keep(store: Store, *rows: AnswerRow, most: int = 100) -> bool:
    answers = store.answers
    return answers.keep(rows, most=most, forgettings=answers.forgettings(), patience=1.0)


def ids(store: Store) -> list[str]:
    return [one.id for one in store.answers.rows()]


def test_the_newest_are_kept_each_once_and_whole(store):
    assert keep(store, *(row(n) for n in range(1, 6)))
    assert keep(store, row(2, label=None), most=3)
    assert ids(store) == ["d4", "d5", "d2"]
    newest = store.answers.rows()[-1]
    assert (newest.label, newest.probability, newest.person) == (None, 0.5, False)
    assert newest.embedding.tolist() == [2, 1]
    assert store.answers.count()[0] == 3


def test_another_document_at_the_same_place_takes_it(store):
    place = bytes(16)
    keep(store, row(1, place=place))
    keep(store, row(2, place=place))
    assert ids(store) == ["d2"]


def test_what_a_person_said_outlives_later_answers_and_leaves_last(store):
    keep(store, row(1), row(2), row(3))
    store.answers.judge([replace(row(1), label=7, person=True)], [(row(1).document, 1)])
    keep(store, row(1, label=1), most=2)
    assert [(one.id, one.label) for one in store.answers.rows()] == [("d1", 7), ("d3", 1)]
    assert store.answers.refusals() == {(row(1).document, 1)}
    store.answers.reconsider([row(1).document])
    assert store.answers.refusals() == set()


def test_what_is_forgotten_stays_away_until_all_is_forgotten(store):
    keep(store, row(1), row(2))
    assert store.answers.forget([row(1).document]) == 1
    keep(store, row(1))
    assert ids(store) == ["d2"]
    assert store.answers.forget(None) == 1
    keep(store, row(1))
    assert ids(store) == ["d1"]
    assert store.answers.wipe()


def test_answers_from_before_a_forgetting_are_not_kept(store):
    number = store.answers.forgettings()
    store.answers.forget(None)
    assert not store.answers.keep([row(1)], most=9, forgettings=number, patience=1.0)
    assert ids(store) == []


def test_a_trial_leaves_nothing(store):
    with store.trial(), store.writing("describe", "me") as writing:
        writing.new_class("a", None, "none")
    assert store.rows.version() == 1
    assert store.rows.classes(1) == []
    with store.writing("describe", "me") as writing:
        writing.new_class("b", None, "none")
    assert [c.name for c in store.rows.classes(2)] == ["b"]
