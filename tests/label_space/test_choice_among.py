"""The choice among some classes says how likely it is whichever classes were asked for."""

from __future__ import annotations

import random

import pytest

from protolabel import LabelSpace
from protolabel.answers import Answer
from protolabel.label_space.answer_path.choice_among import choice_among

TEXT = "c1 c2 c3 c4 c5 c6 c7"


def answer_among(classes: str) -> Answer:
    """An answer for a document of class c, from classes of words that no other class has."""
    draw = random.Random(0)
    with LabelSpace.create(encoder="hashing", background=False) as space:
        for name in classes:
            words = [f"{name}{i}" for i in range(20)]
            space.add([" ".join(draw.sample(words, 7)) for _ in range(8)], name)
        space.settle()
        return space.view().label(TEXT, alternatives=len(classes))


def test_without_chances_a_choice_among_wrong_classes_is_no_certainty():
    """Before, its share among the options stood for the chance: 1.0 of a class of 0.003."""
    answer = answer_among("abc")
    assert (answer.probability is None, answer.chance) == (False, None)
    one = choice_among(answer, ["a"])
    assert one is not None
    assert (one.option, one.shares, one.chance) == ("a", {"a": 1.0}, None)


def test_the_chance_is_the_same_whichever_options_there_are():
    answer = answer_among("abcd")
    chances = {one.label: one.chance for one in answer.alternatives}
    for options in (["a"], ["a", "b"], ["a", "c"], list("abcd")):
        one = choice_among(answer, options)
        assert one is not None
        assert one.chance == chances[one.option] is not None
        assert list(one.shares) == options
        assert sum(one.shares.values()) == pytest.approx(1.0)
    assert choice_among(answer, list("abcd")).option == "c"


def test_a_document_that_was_refused_to_each_option_has_no_choice():
    assert choice_among(answer_among("abc"), ["z"]) is None
