"""Sharpening takes near copies as one document: a newsletter sent often is no further evidence."""

from __future__ import annotations

import numpy as np
import pytest

from protolabel import LabelSpace
from protolabel.label_space.changes.sharpening_documents import without_near_copies
from protolabel.store import AnswerRow

DOCUMENTS = [
    "a bill for repair asking money", "payment of goods by bill", "somebody orders chairs",
    "goods for delivery on monday",
]  # fmt: skip
NEWSLETTER = "dear customer {}, our winter newsletter with asking prices and a bill of fare"


def sharpened(letters: list[str], remember: str = "text"):
    """Return the vectors of two descriptions after so many letters, and the change's summary."""
    with LabelSpace.create(encoder="hashing", background=False) as space:
        space.answer_log.remember(remember)
        space.describe({"invoice": "a bill asking for payment", "order": "goods for delivery"})
        list(space.label_many([*DOCUMENTS, *letters]))
        summary = space.sharpen().summary
        return space.view().prototypes.weights, summary


@pytest.mark.parametrize("remember", ["text", "answers"])
def test_a_newsletter_with_another_number_each_time_counts_once(remember):
    once, _ = sharpened([NEWSLETTER.format(1000)], remember)
    often, summary = sharpened([NEWSLETTER.format(1000 + i) for i in range(60)], remember)
    assert "by 5 remembered documents" in summary
    # Of copies one speaks for all; which one is of little weight.
    assert np.abs(once - often).max() < 0.1
    _, two = sharpened(
        [NEWSLETTER.format(1), "dear reader, a bill of fare and other news"], remember
    )
    assert "by 6 remembered documents" in two


def row(i: int, label: int | None = None) -> AnswerRow:
    own, vector, shares = bytes([i] * 16), np.zeros(2, np.float32), np.zeros(2, np.float32)
    return AnswerRow(
        document=own, content=own, place=None, id="", source="", at="", version=1, class_key=label,
        probability=None, head="", person=label is not None, encoding=1, embedding=vector,
        shares=shares, text=None,
    )  # fmt: skip


def test_what_a_person_says_of_a_document_holds_for_its_near_copies():
    rows = [row(0), row(1, 5), row(2), row(3, 5), row(4), row(5), row(6, 7)]
    texts = {one.document: NEWSLETTER.format(i) for i, one in enumerate(rows[:4])}
    texts |= {one.document: f"letter {i}" for i, one in enumerate(rows[4:5])}
    kept = [one.document[0] for one in without_near_copies(rows, texts, {}).rows]
    assert kept == [1, 4, 5, 6]  # of four copies the one that somebody judged; no text, no copy


def test_reminders_that_nobody_has_judged_are_of_no_other_class_than_the_judged_one():
    rows = [row(0), row(1), row(2, 5), row(3)]
    texts = {one.document: f"reminder {i} pay now" for i, one in enumerate(rows)}
    assert [one.document[0] for one in without_near_copies(rows, texts, {}).rows] == [2]
    rows[3] = row(3, 7)  # now their numbers tell classes apart
    assert len(without_near_copies(rows, texts, {}).rows) == 4
