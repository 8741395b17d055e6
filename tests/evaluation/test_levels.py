"""Evaluation on documents that are labelled with classes above others: judged by the path."""

from __future__ import annotations

import random

import pytest

from protolabel import Example, LabelSpace
from protolabel.errors import InputError
from protolabel.evaluation.of_label_space import evaluate_space_on
from protolabel.evaluation.risk_of_space import risk_on

WORDS = {
    "invoice": "pay bill amount due total", "receipt": "paid cash thanks coin shop",
    "cv": "engineer years experience skills degree", "letter": "dear sir apply post motivated",
}  # fmt: skip
FILLERS = "the a of to in and with for on at"
ABOVE = {"invoice": "money", "receipt": "money", "cv": "people", "letter": "people"}
RIGHT = "right by the path, of those of a class above"


def documents(name: str, n: int, seed: int) -> list[str]:
    rng = random.Random(f"{name} {seed}")
    words = f"{WORDS[name]} {FILLERS}".split()
    return [" ".join(rng.choice(words) for _ in range(9)) for _ in range(n)]


@pytest.fixture(scope="module")
def space():
    with LabelSpace.create(encoder="hashing", background=False) as space:
        for name in WORDS:
            space.add(documents(name, 14, 0), name)
        space.nest(ABOVE, new=True)
        yield space


def test_documents_of_a_class_above_are_judged_by_the_path(space):
    coarse = [Example(ABOVE[name], text) for name in WORDS for text in documents(name, 5, 1)]
    fine = [Example(name, text) for name in WORDS for text in documents(name, 5, 2)]
    result = evaluate_space_on(space, coarse + fine)
    answers = [space.label(example.text) for example in coarse]
    right = [example.label in answer.path for example, answer in zip(coarse, answers, strict=True)]
    assert (result.shares[RIGHT].n, result.shares[RIGHT].share) == (20, sum(right) / 20)
    assert result.shares["best class right"].n == 20
    assert any("20 documents are labelled with classes above" in note for note in result.notes)
    risks = [point.risk for point in risk_on(space, coarse).points]
    assert max(risks) < 0.5  # a class under the label is no error


def test_no_documents_at_all_have_no_risk(space):
    with pytest.raises(InputError, match="no document"):
        risk_on(space, [])


def test_documents_of_classes_above_alone_are_refused_for_what_they_are(space):
    coarse = [Example("money", text) for text in documents("invoice", 3, 1)]
    with pytest.raises(InputError, match="'money' stand above others"):
        evaluate_space_on(space, coarse)
