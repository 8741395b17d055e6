"""The German page knows the sentences that the service says about its measures."""

from __future__ import annotations

import re

import numpy as np
import pytest
from alike_words import make_alike
from german_sentences import is_known

from protolabel import LabelSpace
from protolabel.arithmetic.reach import Reach
from protolabel.evaluation.forecast import CannotTell, forecast
from protolabel.evaluation.of_own_examples import evaluate_space
from protolabel.evaluation.risk_of_space import risk_of_space
from protolabel.service.advice import over_http


def test_the_notes_on_a_small_label_space_and_why_it_has_no_forecast(tmp_path):
    with LabelSpace.create(tmp_path / "a.space", encoder="hashing", background=False) as space:
        space.add(["please pay the bill", "please  pay the bill", "pay the rent"], "bill")
        space.add(["I apply for work", "I apply for a job in your kitchen"], "job")
        space.add("the menu of the week", "menu")
        space.describe({"letter": "a letter to somebody"})
        evaluation = evaluate_space(space, draws=2)
        space.settle()
        reason = space.info().calibration.reason
    assert isinstance(evaluation.forecast, CannotTell)
    sentences = [*evaluation.notes, evaluation.forecast.reason, reason]
    assert len(sentences) >= 5
    assert [one for one in sentences if not is_known(one)] == []


@pytest.mark.parametrize("classes", [1, 2, 3])
def test_why_there_is_no_calibration_with_one_class_and_with_more(tmp_path, classes):
    with LabelSpace.create(tmp_path / "a.space", encoder="hashing", background=False) as space:
        for label in ("bill", "job", "menu")[:classes]:
            space.add([f"the {label} of today", f"another {label}"], label)
        space.settle()
        assert is_known(space.info().calibration.reason)


@pytest.mark.parametrize(
    ("points", "documents", "more", "is_right"),
    [
        (5, 3, 3, False),
        (2, 30, 3, False),
        (5, 30, 3, False),
        (5, 30, 3, True),
        (5, 30, 99, False),
        (5, 30, 1, False),
    ],
    ids=["few documents", "few points", "equal sizes", "no mistake", "far ahead", "one ahead"],
)
def test_each_reason_why_there_is_no_forecast(points, documents, more, is_right):
    right = np.full((2, points, documents), is_right)
    sizes = np.ones((points, documents))
    if more != 3 or is_right:
        sizes *= np.arange(1, points + 1)[:, None]
    outcome = forecast(right, sizes, np.full(documents, 5.0 if more > 1 else 500.0), more)
    assert isinstance(outcome, CannotTell)
    assert is_known(outcome.reason)


@pytest.mark.parametrize(
    "reach", [Reach(1200, 1), Reach(2, 3400), Reach(2, 1, learned=True)], ids=str
)
def test_of_which_classes_a_target_promises_nothing(reach):
    for target in ("errors 5%", "turned away 2% sure 90%"):
        assert is_known(over_http(f"the target {target} is {reach.promise}"))


@pytest.mark.parametrize(
    ("target", "strangers", "each"),
    [("errors 5%", "20%", 9), ("errors 15%", "20%", 9), ("errors 12%", "60%", 60),
     ("strangers 90%", "20%", 9), ("strangers 90% sure 99.9%", "20%", 9)],
    ids=["few examples", "alike", "few classes", "few classes of strangers", "nothing"],
)  # fmt: skip
def test_why_a_target_cannot_be_promised(tmp_path, target, strangers, each):
    path = tmp_path / "a.space"
    make_alike(path, 1, each=each)
    with LabelSpace(path, background=False) as space:
        space.configure(target=target, strangers=strangers)
        space.settle()
        report = risk_of_space(space)
    assert report.limit is not None
    whole = re.fullmatch(r".+: (.+); what they can promise is .+", report.limit["shortage"])
    assert whole is not None
    assert is_known(whole[0])
    assert is_known(whole[1])
