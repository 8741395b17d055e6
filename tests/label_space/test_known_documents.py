"""Documents that are here already, and one document under two labels: said at once."""

from __future__ import annotations

import tracemalloc

import numpy as np
from fakes import WordEncoder
from hypothesis import given, settings
from hypothesis import strategies as st

from protolabel import Example, LabelSpace
from protolabel.copies.equality import folded
from protolabel.label_space.changes.imported_classes import ImportedClass
from protolabel.label_space.changes.imports import Import


def test_an_addition_says_how_many_examples_are_here_already(space):
    change = space.add([Example("bill", " PAY  pay\nbill"), Example("bill", "new text")])
    assert change.detail["known"] == 1
    assert "1 of 2 was here already, added once more" in change.summary
    assert space.add("something else", "cv").detail["known"] == 0


def test_known_examples_can_be_left_out(space):
    before = {c.name: c.examples for c in space.classes()}
    change = space.add(
        [Example("bill", "Bill"), Example("bill", "fresh"), Example("bill", "FRESH"),
         Example("other", "CV work")], skip_known=True
    )  # fmt: skip
    assert {c.name: c.examples for c in space.classes()} == before | {"bill": 3}
    assert change.detail["known"] == 3
    assert "left out" in change.summary
    again = space.add([Example("bill", "bill")], skip_known=True)
    assert (again.detail["known"], space.show("bill")[0].examples) == (1, 3)


def test_examples_that_repeat_one_another_were_not_here_already():
    """Before, an addition to an empty label space said that examples were here already."""
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        change = space.add(["pay", "Pay", "cv", "PAY"], "a")
        assert (change.detail["known"], change.detail["came_along"]) == (2, 2)
        assert "2 of 4 repeat another of them, added all the same" in change.summary
        assert "here already" not in change.summary
        mixed = space.add(["CV", "box", "BOX"], "a", skip_known=True)
        assert "1 of 3 was here already, left out" in mixed.summary
        assert "1 of 3 repeats another of them, left out" in mixed.summary


def test_the_detail_of_an_addition_counts_what_it_lists_in_part():
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        change = space.add([f"letter {n}" for n in range(40)], "a")
        assert change.detail["added"] == 40 > len(change.detail["examples"])
        with LabelSpace.create(encoder=WordEncoder(), background=False) as other:
            assert other.import_records(list(space.view().export())).detail["added"] == 40


def test_one_text_under_two_labels_is_reported_at_once(space):
    change = space.add([Example("cv", "BILL", id="x1")])
    assert change.detail["two_labels"] == [
        {"example": "x1", "label": "cv", "other": "b2", "other_label": "bill"}
    ]
    assert change.hints == ("example 'x1' of 'cv' is the same document as 'b2' of 'bill'",)
    inside = space.add([Example("a", "words"), Example("b", "Words")])
    assert [t["label"] for t in inside.detail["two_labels"]] == ["b"]


def test_what_is_removed_or_undone_is_not_here(space):
    space.remove("b2")
    assert space.add("bill", "bill").detail["known"] == 0
    space.undo()
    assert space.add("bill", "bill").detail["known"] == 0


def test_documents_of_other_processes_are_known_too(path):
    with LabelSpace(path, encoder=WordEncoder(), background=False) as here:
        assert here.add("first", "cv").detail["known"] == 0
        with LabelSpace(path, encoder=WordEncoder(), background=False) as there:
            there.add("second", "cv")
        assert here.add("Second", "cv").detail["known"] == 1


def test_bare_vectors_are_known_by_their_numbers(space):
    vector = np.arange(8, dtype=np.float32)
    space.add(Example("cv", embedding=vector))
    assert space.add(Example("cv", embedding=vector * 2)).detail["known"] == 1  # the same direction
    assert space.add(Example("cv", embedding=vector[::-1].copy())).detail["known"] == 0


def test_texts_are_read_some_at_a_time(tmp_path):
    """The store holds 40 MB of texts; the first addition of a process keeps a part in memory."""
    path = tmp_path / "long.space"
    texts = [f"{number} pay " + 10_000 * "x" for number in range(4000)]
    with LabelSpace.create(path, encoder=WordEncoder(), background=False) as space:
        space.add(texts, "bill")
    del texts
    with LabelSpace(path, encoder=WordEncoder(), background=False) as space:
        tracemalloc.start()
        change = space.add("3999 PAY " + 10_000 * "x", "bill")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert change.detail["known"] == 1
    assert peak < 20e6


TEXTS = st.sampled_from(["pay", "Pay ", "PAY", "cv", " cv", "box", "ship box", "ship  BOX"])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(TEXTS, min_size=1, max_size=4), max_size=4))
def test_known_agrees_with_comparing_every_pair(batches):
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        here: list[str] = []
        for batch in batches:
            repeated = 0
            for text in batch:
                repeated += any(folded(text) == folded(other) for other in here)
                here.append(text)
            assert space.add(batch, "a").detail["known"] == repeated


def test_what_a_preview_or_a_refused_change_stored_is_not_known(space):
    """The next change uses the numbers of its items again, for other texts."""
    law = ImportedClass("law", "words of the law", "given", retired=False)
    space.preview(Import([law], [Example("law", "a contract of sale")]))
    space.add("a letter of thanks", "bill")
    assert space.add("words of the law", "cv").detail["known"] == 0
    twice = space.add([Example("cv", "A letter of thanks", id="x2")])
    assert [twin["label"] for twin in twice.detail["two_labels"]] == ["cv"]
