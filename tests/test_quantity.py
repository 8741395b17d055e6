"""Counts with their nouns, as summaries and messages write them."""

from __future__ import annotations

import pytest

from protolabel.quantity import quantity


@pytest.mark.parametrize(
    ("count", "noun", "words"),
    [
        (1, "box", "1 box"), (2, "box", "2 boxes"), (0, "class", "0 classes"),
        (2, "other match", "2 other matches"), (2, "copy", "2 copies"), (2, "day", "2 days"),
        (1234, "example", "1,234 examples"), (2, "hash", "2 hashes"),
    ],
)  # fmt: skip
def test_a_count_has_its_noun_in_the_right_number(count, noun, words):
    assert quantity(count, noun) == words


def test_a_noun_may_form_its_plural_in_a_way_of_its_own():
    assert quantity(2, "sheet is", "sheets are") == "2 sheets are"
    assert quantity(1, "sheet is", "sheets are") == "1 sheet is"
