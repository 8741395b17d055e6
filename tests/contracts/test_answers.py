"""What any store must do with the answers that were given, said through the protocol alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from store_contract import add, vector
from store_contract import answer_row as row
from store_contract import keep_answers as keep

from protolabel.beginnings import Beginnings
from protolabel.store import AnswerRow, Store
from protolabel.store.answer_passages import passage_columns
from protolabel.store.answer_records import StoredPlace
from protolabel.types import Encoded


def ids(store: Store) -> list[str]:
    return [one.id for one in store.answers.rows()]


def test_the_newest_are_kept_each_once_and_whole(store):
    assert keep(store, *(row(n) for n in range(1, 6)))
    assert keep(store, row(2, class_key=None), most=3)
    assert ids(store) == ["d4", "d5", "d2"]
    newest = store.answers.rows()[-1]
    assert (newest.class_key, newest.probability, newest.person) == (None, 0.5, False)
    assert newest.embedding.tolist() == [2, 1]
    assert store.answers.count()[0] == 3


def test_the_rows_of_some_contents_are_those_and_no_others(store):
    keep(store, *(row(n) for n in range(1, 6)), replace(row(6), content=row(2).content))
    rows = store.answers.rows(contents={row(2).content, row(4).content, b"none"})
    assert [one.id for one in rows] == ["d2", "d4", "d6"]
    assert store.answers.rows(contents=[]) == []


def test_what_a_person_said_outlives_later_answers_and_leaves_last(store):
    keep(store, row(1), row(2), row(3))
    store.answers.judge([replace(row(1), class_key=7, person=True)], [(row(1).document, 1)])
    keep(store, row(1, class_key=1), most=2)
    assert [(one.id, one.class_key) for one in store.answers.rows()] == [("d1", 7), ("d3", 1)]
    assert store.answers.refusals() == {(row(1).document, 1)}
    store.answers.reconsider([row(1).document], ())
    assert store.answers.refusals() == set()
    assert [(one.id, one.class_key, one.person) for one in store.answers.rows()] == [
        ("d1", 1, False), ("d3", 1, False)
    ]  # fmt: skip


def test_a_document_that_comes_back_after_it_left_has_its_decision_and_its_newest_answer(store):
    """What a person decided stays when a row leaves; what the label space had answered does not."""
    place = bytes(16)
    judged = [replace(row(n), class_key=7, at="2026-01-02", person=True) for n in (1, 3)]
    keep(store, row(1, place=place), row(3))
    store.answers.judge(judged, [])
    assert store.answers.decided() == {row(1).document, row(3).document}
    keep(store, replace(row(2, place=place), at="2026-01-03"))  # in the place of the first
    store.answers.shorten(0)  # the third leaves
    keep(store, *(replace(row(n), at="2026-02-02") for n in (1, 3)))
    assert store.answers.decided() == {row(1).document, row(3).document}
    assert [(one.id, one.class_key) for one in store.answers.rows()] == [("d1", 7), ("d3", 7)]
    store.answers.reconsider(store.answers.decided(), ())
    assert [(one.id, one.at) for one in store.answers.rows()] == [
        ("d1", "2026-02-02"), ("d3", "2026-02-02")
    ]  # fmt: skip


def without_answer(store) -> set[bytes]:
    documents = [one.document for one in store.answers.rows()]
    return {document for document in documents if store.answers.is_without_answer(document)}


def test_a_document_is_without_answer_once_it_was_refused_and_until_it_is_answered_again(store):
    keep(store, row(1), row(2), row(3, class_key=None))
    ended = replace(row(1), class_key=None, probability=None, at="2026-01-02")
    pairs = [(row(n).document, 1) for n in (1, 2, 3)]
    assert not store.answers.has_refusals()
    store.answers.judge([ended, row(2), row(3, class_key=None)], pairs, change=1)
    assert store.answers.has_refusals()
    assert without_answer(store) == {row(1).document}
    store.answers.follow([1], [])
    assert without_answer(store) == set()
    store.answers.follow([], [1])
    assert without_answer(store) == {row(1).document}
    keep(store, row(1, class_key=None))  # none of these is an answer
    assert without_answer(store) == set()


def test_a_later_answer_ends_a_decision_that_left_no_label(store):
    keep(store, row(1), row(2))
    ended = replace(row(1), class_key=None, probability=None, at="2026-01-02")
    store.answers.judge([ended, row(2)], [(row(1).document, 1), (row(2).document, 5)])
    assert store.answers.decided() == {row(1).document, row(2).document}
    newest = replace(row(1), at="2026-01-03")
    keep(store, newest)
    store.answers.reconsider(store.answers.decided(), ())
    assert [(one.class_key, one.at) for one in store.answers.rows()] == [
        (1, "2026-01-01"), (1, "2026-01-03")
    ]  # fmt: skip
    assert store.answers.decided() == set()


def test_of_documents_those_that_a_person_decided_on_are_returned(store):
    keep(store, row(1), row(2), row(3))
    store.answers.judge([replace(row(2), class_key=7, person=True)], [])
    keys = [row(n).document for n in (1, 2, 9)]
    assert [(one.id, one.class_key) for one in store.answers.judged_of(keys)] == [("d2", 7)]


def test_what_is_forgotten_stays_away_until_all_is_forgotten(store):
    keep(store, row(1), row(2))
    assert store.answers.forget([row(1).document]) == 1
    keep(store, row(1))
    assert ids(store) == ["d2"]
    assert store.answers.forgotten() == {row(1).document}
    assert store.answers.forget(None) == 1
    assert store.answers.forgotten() == set()
    keep(store, row(1))
    assert ids(store) == ["d1"]
    assert store.answers.wipe()


def test_answers_from_before_a_forgetting_are_not_kept(store):
    number = store.answers.forgettings()
    store.answers.forget(None)
    assert not store.answers.keep([row(1)], most=9, forgettings=number, patience=1.0)
    assert ids(store) == []


def test_fewer_are_kept_from_now_on_the_oldest_first(store):
    keep(store, *(row(n) for n in range(1, 6)))
    store.answers.judge([replace(row(1), class_key=7, person=True)], [])
    store.answers.shorten(2)
    assert ids(store) == ["d1", "d5"]


def test_texts_are_read_where_they_are_kept_and_go_alone(store):
    keep(store, replace(row(1), text="pay the bill"), row(2), replace(row(3), text="ship it"))
    size = store.answers.count()[1]
    assert [one.text for one in store.answers.rows()] == [None, None, None]
    assert [one.text for one in store.answers.rows(texts=True)] == ["pay the bill", None, "ship it"]
    documents = [row(n).document for n in (1, 2, 4)]
    assert store.answers.texts_of(documents) == {row(1).document: "pay the bill"}
    number = store.answers.forgettings()
    assert store.answers.drop_texts() == 2
    assert store.answers.texts_of(documents) == {}
    assert store.answers.count() == (3, size - len("pay the bill" + "ship it"))
    assert store.answers.forgettings() != number
    assert ids(store) == ["d1", "d2", "d3"]


def decide(store: Store, change: int, n: int, label: int | None, refused: int) -> None:
    """Let a person give document ``n`` a label and refuse it a class, with a change."""
    judged = replace(row(n), class_key=label, person=True)
    store.answers.judge([judged], [(row(n).document, refused)], change=change)


def test_decisions_follow_the_changes_that_they_were_made_with(store):
    keep(store, row(1), row(2))
    assert not store.answers.has_decisions()
    store.answers.judge([replace(row(2), class_key=9, person=True)], [])  # with no change
    assert not store.answers.has_decisions()
    decide(store, 5, 1, label=7, refused=1)
    decide(store, 6, 1, label=8, refused=7)
    assert store.answers.has_decisions()

    def state() -> tuple[int | None, bool, set[int]]:
        one = next(one for one in store.answers.rows() if one.id == "d1")
        return one.class_key, one.person, {key for _, key in store.answers.refusals()}

    assert state() == (8, True, {1, 7})
    store.answers.follow([6], [])
    assert state() == (7, True, {1})
    store.answers.follow([5], [])
    assert state() == (1, False, set())
    store.answers.follow([], [5, 6])
    assert state() == (8, True, {1, 7})
    store.answers.follow([6, 5], [])
    assert state() == (1, False, set())
    store.answers.follow([5, 99], [99])  # what is taken back already, or was never decided
    assert state() == (1, False, set())
    assert [one.class_key for one in store.answers.rows() if one.id == "d2"] == [9]


@pytest.mark.parametrize("kind", ["remove", "split"])
def test_examples_that_people_took_out_of_a_class_are_listed_with_it(store, kind):
    (identity,) = add(store, "a", vector(1, 0))
    key = store.rows.class_named("a", 2).key
    text = store.rows.example_with_id(identity, 2).text
    assert store.answers.removed([kind]) == []
    with store.writing(kind, "me") as writing:
        writing.end_example(writing.rows.example_with_id(identity, 3))
    assert store.answers.removed([kind, "move"]) == [(text, key)]
    assert store.answers.removed(["move", "correct"]) == store.answers.removed([]) == []
    add(store, "a", vector(1, 0))
    assert store.answers.removed([kind]) == []  # it is there again


def test_a_trial_leaves_nothing(store):
    with store.rehearsal(), store.writing("describe", "me") as writing:
        writing.new_class("a", None, "none")
    assert store.rows.version() == 1
    assert store.rows.classes(1) == []
    with store.writing("describe", "me") as writing:
        writing.new_class("b", None, "none")
    assert [c.name for c in store.rows.classes(2)] == ["b"]


def numbers(store: Store) -> dict[str, tuple[int, str]]:
    first = store.answers.first_answers()
    return {
        one.id: (first[one.document].number, first[one.document].at) for one in store.answers.rows()
    }


def test_a_document_that_is_answered_again_keeps_the_number_and_time_of_its_first_answer(store):
    keep(store, row(1), row(2), row(3))
    keep(store, replace(row(1), at="2026-02-02"), row(4))
    store.answers.judge([replace(row(2), at="2026-03-03", person=True)], [])
    keep(store, replace(row(2), at="2026-04-04"), row(5))
    expected = {"d2": 2, "d3": 3, "d1": 1, "d4": 4, "d5": 5}
    assert numbers(store) == {name: (n, "2026-01-01") for name, n in expected.items()}


def test_numbers_go_on_where_the_newest_document_was_forgotten(store):
    keep(store, row(1), row(2))
    store.answers.forget([row(2).document])
    keep(store, row(2), row(3))
    assert numbers(store) == {"d1": (1, "2026-01-01"), "d3": (3, "2026-01-01")}
    store.answers.forget(None)
    keep(store, row(4))
    assert numbers(store) == {"d4": (4, "2026-01-01")}


def test_all_documents_from_the_watch_start_on_are_there_whatever_is_answered_again(store):
    rng = np.random.default_rng(0)
    for n in range(1, 120):
        again = [row(int(old)) for old in rng.integers(1, n + 1, rng.integers(0, 3))]
        keep(store, *again, row(n), most=20)
        if n == 60:
            store.answers.judge([replace(row(n), person=True)], [])
        there = {number for number, _ in numbers(store).values()}
        newest, start = max(there), store.answers.watch_start()
        assert set(range(start.number or 1, newest + 1)) <= there
    assert start.number > 60


def split(n: int) -> AnswerRow:
    """A document of two passages, which stand in its row, and of one beginning."""
    rows = np.arange(8, dtype=np.float32).reshape(4, 2) + n
    starts = Beginnings(rows[3:], np.zeros(1, np.int64), np.array([0.25], np.float32))
    one = Encoded(
        rows[:1], rows[1:3], np.zeros(2, np.int64), np.array([[0, 5], [5, 9]]),
        passage_weights=np.array([0.75, 0.5], np.float32), beginnings=starts,
    )  # fmt: skip
    return replace(row(n), columns=passage_columns(row(n).document, one))


def test_passages_are_kept_beside_the_vector_and_go_with_it(store):
    keep(store, row(1), split(2), split(3))
    keys = [row(n).document for n in range(1, 5)]
    kept = store.answers.split_documents(keys, 2)
    assert kept.keys() == {keys[1], keys[2]}
    assert kept[keys[1]].embeddings.tolist() == [[2, 3]]
    assert kept[keys[1]].passage_embeddings.tolist() == [[4, 5], [6, 7]]
    assert kept[keys[1]].passage_weights.tolist() == [0.75, 0.5]
    assert kept[keys[1]].passage_spans.tolist() == [[0, 5], [5, 9]]
    assert kept[keys[1]].beginnings.embeddings.tolist() == [[8, 9]]
    assert kept[keys[1]].beginnings.weights.tolist() == [0.25]
    assert store.answers.split_documents(keys[:1], 2) == {}
    assert store.answers.split_documents(keys, 9) == {}  # of another dimension
    assert [one.columns for one in store.answers.rows()] == [None] * 3
    keep(store, row(2))
    store.answers.judge([replace(row(3), person=True)], [])
    keep(store, split(3))
    assert store.answers.split_documents(keys, 2).keys() == {keys[2]}
    keep(store, row(3))
    assert store.answers.split_documents(keys, 2) == {}


def test_the_newest_passages_are_read_up_to_a_number_of_bytes(store, monkeypatch):
    keep(store, *(split(n) for n in range(1, 6)))
    keys = [row(n).document for n in range(1, 6)]
    columns = split(1).columns
    assert columns is not None
    monkeypatch.setattr("protolabel.store.answer_passages.MOST_READ", 2 * len(columns[0]) + 1)
    assert store.answers.split_documents(keys, 2).keys() == set(keys[3:])


def test_the_mark_is_another_one_whenever_documents_come_are_decided_on_or_go(store):
    marks = [store.answers.mark()]

    def is_new() -> None:
        assert store.answers.mark() != marks[-1]
        marks.append(store.answers.mark())
        assert store.answers.mark() == marks[-1]

    keep(store, row(1), row(2))
    is_new()
    keep(store, row(1))  # again
    is_new()
    keep(store, replace(row(1), text="pay the bill"))  # the newest, whose text is kept now
    is_new()
    keep(store, replace(row(1), text="pay the bill", at="2026-02-03T04:05:06.007+00:00"))
    is_new()
    store.answers.judge([replace(row(1), class_key=7, person=True)], [])
    is_new()
    store.answers.judge([], [(row(2).document, 1)])  # a class is refused
    is_new()
    keep(store, row(1))  # the text of a decided document goes
    is_new()
    store.answers.reconsider([row(1).document, row(2).document], ())
    is_new()
    store.answers.forget([row(2).document])
    is_new()


def test_the_mark_changes_with_each_decision_on_a_document_that_was_decided_on(store):
    """All classes are refused by then, and no row has another size."""
    keep(store, row(1), row(2))
    refused = [(row(1).document, label) for label in (1, 2)]
    store.answers.judge([replace(row(1), class_key=1, person=True)], refused, change=1)
    marks = [store.answers.mark()]

    def is_new() -> None:
        marks.append(store.answers.mark())

    store.answers.judge([replace(row(1), class_key=2, person=True)], refused, change=2)
    is_new()
    store.answers.judge([replace(row(1), class_key=1, person=True)], refused, change=3)
    is_new()
    store.answers.follow([3], [])
    is_new()
    store.answers.follow([], [3])
    is_new()
    store.answers.judge([replace(row(1), class_key=2, person=True)], refused)
    is_new()
    assert len(set(marks)) == len(marks)


def test_the_mark_stays_where_no_document_is_concerned(store):
    keep(store, row(1))
    mark = store.answers.mark()
    add(store, "a", vector(1, 0))
    keep(store)
    store.answers.judge([], [])
    store.answers.follow([2], [3])
    store.answers.shorten(100)
    with store.rehearsal():
        keep(store, row(2))
    assert store.answers.mark() == mark


def test_documents_without_texts_are_named_with_their_sources(store):
    keep(store, replace(row(1), text="pay the bill"), row(2))
    assert store.answers.textless() == {row(2).document: row(2).source}
    store.answers.drop_texts()
    assert set(store.answers.textless()) == {row(1).document, row(2).document}


def test_a_document_stands_elsewhere_and_all_else_that_is_stored_of_it_stays(store):
    keep(store, row(1), row(2))
    store.answers.judge([replace(row(2), class_key=7, person=True)], [])
    before, size = store.answers.rows(texts=True), store.answers.count()[1]
    mark = store.answers.mark()
    moved = StoredPlace(row(2).document, bytes(16), "e2", "in/grüße.csv:17")
    stranger = StoredPlace(row(3).document, None, "d3", "x.csv:1")
    store.answers.stand_at([moved, stranger], patience=0.0)
    assert store.answers.places() == {
        row(1).document: StoredPlace(row(1).document, None, "d1", row(1).source),
        row(2).document: moved,
    }
    after = store.answers.rows(texts=True)
    assert [(one.class_key, one.person, one.text) for one in after] == [
        (one.class_key, one.person, one.text) for one in before
    ]
    names = len("in/grüße.csv:17".encode()) - len(row(2).source.encode())
    assert store.answers.count()[1] == size + names
    assert store.answers.mark() != mark
