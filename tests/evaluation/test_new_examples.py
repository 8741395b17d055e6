"""Which labelled documents judge a label space: the same ones, whatever is measured."""

from __future__ import annotations

import pytest
from fakes import WORDS, WordEncoder

from protolabel import Example, LabelSpace
from protolabel.errors import InputError
from protolabel.evaluation.of_label_space import evaluate_space_on
from protolabel.evaluation.risk_of_space import risk_on

DOORS = [evaluate_space_on, risk_on]


@pytest.fixture
def space():
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        for label in WORDS[:4]:
            space.add([f"{f'{label} ' * (3 + i)}{f'{WORDS[7]} ' * i}x{i}" for i in range(8)], label)
        yield space


@pytest.mark.parametrize("judge", DOORS)
def test_nothing_to_judge_on_is_refused_in_the_same_words(space, judge):
    with pytest.raises(InputError, match=r"^no document; expected labelled documents"):
        judge(space, [])
    stored = [Example(WORDS[0], f"{f'{WORDS[0]} ' * 3}x0")]
    with pytest.raises(InputError, match="1 document, all of which the label space"):
        judge(space, stored)


@pytest.mark.parametrize("judge", DOORS)
def test_a_label_names_the_class_whose_name_is_written_otherwise(space, judge):
    new = [Example(f" {label}\t", f"{label} {label} {WORDS[6]}") for label in WORDS[:4]]
    report = judge(space, new)
    if judge is risk_on:
        assert (report.queries, report.strangers) == (4, 0)
    else:
        assert report.shares["best class right"].n == 4
