"""A class keeps what was refused for it through a class above, wherever it stands later."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from stored import damage

from protolabel import Document, LabelSpace

LETTER = Document("d", "overdue reminder amount to pay")
EXAMPLES = {
    "first": ["please pay the amount due by friday", "invoice total payable by transfer"],
    "second": ["second reminder the amount is overdue", "last reminder before court overdue"],
    "other": ["my work and studies so far", "I apply for the work as a cook"],
}


@pytest.fixture
def space():
    """``first`` and ``second`` stand under ``above``; the letter is like ``second``."""
    with LabelSpace.create(encoder="hashing", background=False) as space:
        for label, texts in EXAMPLES.items():
            space.add(texts, label)
        space.nest(["first", "second"], under="above", new=True)
        assert space.label(LETTER.text).label == "second"
        yield space


def allowed(space: LabelSpace) -> set[str]:
    """Return every class that may be an answer for the letter."""
    answer = space.label(LETTER.text, alternatives=10)
    return {one.label for one in answer.alternatives} | {answer.label} - {None}


CHANGES: dict[str, Callable[[LabelSpace], object]] = {
    "lifted": lambda space: space.lift("second"),
    "put under another": lambda space: space.nest("second", under="third", new=True),
    "put there by an addition": lambda space: space.add(
        ["the third reminder"], "second", parents={"second": "third"}
    ),
    "its class above merged away": lambda space: space.merge(["above", "other"], into="other"),
    "lifted with what is above": lambda space: space.nest({"first": None, "second": "first"}),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_class_that_leaves_a_refused_class_stays_refused(space, change):
    space.refute(LETTER, "above")
    refused = {"first", "second"}
    before = allowed(space)
    assert not before & refused
    change(space)
    assert not allowed(space) & refused
    assert damage(space) == []
    space.undo()
    assert [one.label for one in space.negatives()] == ["above"]
    assert allowed(space) == before
    space.redo()
    assert not allowed(space) & refused


def test_the_change_says_what_a_class_takes_along(space):
    space.refute(LETTER, "above")
    change = space.lift("second")
    assert change.summary.endswith("; kept 1 negative example of a class above")
    (negative,) = space.negatives("second")
    assert change.detail["kept_negatives"] == [negative.id]


@pytest.mark.parametrize(
    ("refused", "labels", "into"),
    [
        (["above", "other"], ["first", "other"], "other"),
        (["above", "other"], ["first", "other"], "new"),
        (["above"], ["above", "second"], "second"),
        (["above"], ["first", "second"], "second"),
        (["above"], ["first", "second"], "new"),
        (["first", "other"], ["first", "other"], "first"),
    ],
)
def test_a_merged_class_is_refused_where_each_was_itself_or_through_a_class_above(
    space, refused, labels, into
):
    for label in refused:
        space.refute(LETTER, label)
    space.merge(labels, into=into)
    assert into not in allowed(space)
    assert len(space.negatives(into)) <= 1
    assert damage(space) == []


@pytest.mark.parametrize(
    ("refused", "labels", "into"),
    [(["second"], ["first", "second"], "second"), (["above"], ["first", "other"], "other")],
)
def test_a_merged_class_is_not_refused_where_one_of_them_was_not(space, refused, labels, into):
    for label in refused:
        space.refute(LETTER, label)
    space.merge(labels, into=into)
    assert into in allowed(space)


def test_classes_under_a_class_that_takes_in_another_one_stay_refused(space):
    space.refute(LETTER, "above")
    space.merge(["above", "other"], into="above")
    assert "above" in allowed(space)
    assert not allowed(space) & {"first", "second"}


def test_nothing_is_kept_that_is_refused_in_the_new_place_too(space):
    space.refute(LETTER, "above")
    space.refute(LETTER, "other")
    space.nest("second", under="other")
    assert space.negatives("second") == []
    assert "second" not in allowed(space)
