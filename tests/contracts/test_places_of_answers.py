"""What any store must do with documents that stand, one after the other, at one place."""

from __future__ import annotations

from dataclasses import replace

import pytest
from store_contract import answer_row as row
from store_contract import keep_answers as keep

from protolabel.store import Store


def ids(store: Store) -> list[str]:
    return [one.id for one in store.answers.rows()]


def test_another_document_at_the_same_place_takes_it(store):
    place = bytes(16)
    keep(store, row(1, place=place))
    keep(store, row(2, place=place))
    assert ids(store) == ["d2"]


@pytest.mark.parametrize(("source", "ids_left"), [("a.txt", ["d2"]), ("t.csv:2", ["d1", "d2"])])
def test_of_what_a_person_decided_a_row_stays_and_a_changed_file_leaves(store, source, ids_left):
    """Where ids repeat, the row may come again in a later write; the file has its place alone."""
    place = bytes(16)
    first, second = (replace(row(n, place=place), source=source) for n in (1, 2))
    keep(store, first)
    store.answers.judge([replace(first, class_key=7, person=True)], [])
    keep(store, second)
    assert sorted(ids(store)) == ids_left


@pytest.mark.parametrize("decision", ["none", "correct", "refute"])
@pytest.mark.parametrize(("at", "ids_left"), [("2026-01-03", ["d2"]), ("2026-01-01", ["d1"])])
def test_of_two_contents_at_one_place_the_one_that_was_answered_later_stays(
    store, at, ids_left, decision
):
    """A decision does not make the answer that it is about a later one."""
    first, second = (replace(row(n, place=bytes(16)), source="a.txt") for n in (1, 2))
    first = replace(first, at="2026-01-02")
    keep(store, first)
    if decision == "correct":
        store.answers.judge([replace(first, at="2026-01-09", class_key=7, person=True)], [])
    if decision == "refute":
        ended = replace(first, at="2026-01-09", class_key=None)
        store.answers.judge([ended], [(first.document, 1)])
    keep(store, replace(second, at=at), row(3))
    assert sorted(ids(store)) == [*ids_left, "d3"]


def test_what_was_answered_earlier_takes_the_place_of_a_document_that_has_moved(store):
    here, there = bytes(16), bytes([1] * 16)
    keep(store, replace(row(1, place=here), at="2026-01-02"))
    moved = replace(row(1, place=there), at="2026-01-03")
    keep(store, row(2, place=here), moved)
    assert sorted(ids(store)) == ["d1", "d2"]
