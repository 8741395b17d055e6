"""Documents that stand in the description or the name of their class are no evidence.

Texts and labels are drawn at random, so that no document tells anything of another one. What is
right more often than chance has been seen.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest
from fakes import LetterEncoder
from spelt_numbers import spelt

from protolabel import Example, LabelSpace, PrototypicalClassifier
from protolabel.arithmetic.calibration import Calibration, Shortage
from protolabel.errors import InputError
from protolabel.evaluation.of_encoder import evaluate
from protolabel.evaluation.of_label_space import evaluate_space_on
from protolabel.evaluation.of_own_examples import evaluate_space
from protolabel.evaluation.plan import Plan
from protolabel.label_space.fits.fit_support import read_support
from protolabel.training.data.space_examples import space_examples

CLASSES = [f"group {spelt(k)}" for k in range(12)]
WORDS = [spelt(n) for n in range(400)]


def text(n: int) -> str:
    """A text of 14 words, which hardly any other one has."""
    return " ".join(random.Random(n).sample(WORDS, 14))


def examples(each: int = 3) -> list[Example]:
    return [
        Example(name, text(100 * k + n), id=f"{k}-{n}")
        for k, name in enumerate(CLASSES)
        for n in range(each)
    ]


FORMS: dict[str, Callable[[str], str]] = {
    "the same": str,
    "in capitals": str.upper,
    "with an introduction": "for example: {}".format,
    "among others": lambda one: f"{one}; {text(9000)}; {text(9001)}",
}


def described(form: str) -> dict[str, str]:
    """Descriptions made of the first example of each class."""
    return {name: FORMS[form](text(100 * k)) for k, name in enumerate(CLASSES)}


@pytest.fixture(params=FORMS)
def space(request):
    with LabelSpace.create(encoder="hashing", background=False) as one:
        one.describe(described(request.param))
        one.add(examples())
        yield one


def test_a_label_space_is_not_judged_by_them(space):
    judged = evaluate_space(space)
    assert {share.n for share in judged.shares.values()} == {24}
    assert {point.queries for point in judged.curve} == {24}
    assert any("in the description or the name of their class" in note for note in judged.notes)
    assert not any("and of many some are drawn" in note for note in judged.notes)


def test_new_documents_are_not_among_them(space):
    """They are left out, whatever label they come with."""
    other = [Example(CLASSES[(k + 1) % 12], text(100 * k)) for k in range(12)]
    for first in (examples(1), other):
        with LabelSpace.create(encoder="hashing", background=False) as empty:
            empty.describe({info.name: info.description for info in space.classes()})
            fresh = [Example(name, text(5000 + k)) for k, name in enumerate(CLASSES)]
            judged = evaluate_space_on(empty, [*first, *fresh])
            assert judged.examples == 12
            reason = "left out, in a description or the name of a class of the label space"
            assert f"{reason}: 12 documents" in judged.notes
            with pytest.raises(InputError, match="all of which the label space"):
                evaluate_space_on(empty, first)


def test_a_calibration_is_not_made_from_them(space):
    view = space.view()
    fit_support = read_support(view.rows, view.prototypes)
    inside = fit_support.support.in_descriptions
    first = [f"{k}-0" for k in range(12)]
    ids = [row.id for info in space.classes() for row in space.show(info.name)[1]]
    assert sorted(np.array(ids)[inside].tolist()) == sorted(first)
    space.settle()
    calibration = space.view().fits.refined.calibration
    assert isinstance(calibration, Calibration)
    assert calibration.n == 24


def test_where_nothing_else_is_there_the_reason_is_stated():
    with LabelSpace.create(encoder="hashing", background=False) as one:
        one.describe(described("the same"))
        one.add(examples(1))
        one.settle()
        calibration = one.info().calibration
    assert isinstance(calibration, Shortage)
    assert "without 12 examples that stand in the description of the class" in calibration.reason


def test_an_estimator_is_not_calibrated_by_them():
    several = examples()
    labels, texts = [e.label for e in several], [e.text for e in several]
    other = {name: text(7000 + k) for k, name in enumerate(CLASSES)}
    counts = []
    for words in (described("the same"), other):
        estimator = PrototypicalClassifier("hashing", descriptions=words).fit(texts, labels)
        assert isinstance(estimator.calibration_, Calibration)
        counts.append(estimator.calibration_.n)
    assert counts == [24, 36]


def test_an_encoder_is_not_evaluated_by_names():
    named = [Example(name, name.upper()) for name in CLASSES]
    plan = Plan(ways=(2,), shots=(1,), episodes=20, draws=2)
    alone = evaluate(examples(), encoder="hashing", plan=plan, with_names=True)
    beside = evaluate([*examples(), *named], encoder="hashing", plan=plan, with_names=True)
    assert beside.curve == alone.curve
    assert "left out, in the description or the name of their class: 12 of 48 documents" in (
        beside.notes
    )
    without = evaluate([*examples(), *named], encoder="hashing", plan=plan)
    assert without.examples == 48


def test_encoders_are_not_compared_by_them(space):
    assert space.compare(LetterEncoder()).n == 24


def test_adapt_is_not_judged_by_them(space):
    several = space_examples(space.view(), LetterEncoder().encode, None)
    pairs = zip(several.past.documents, several.judges, strict=True)
    judges = [document for document, is_judge in pairs if is_judge]
    assert sorted(judges) == sorted(text(100 * k + n) for k in range(12) for n in (1, 2))
