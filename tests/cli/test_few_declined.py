"""Where the fitted threshold answers most simulated strangers, each door says so and what helps."""

from __future__ import annotations

import random
import re
import shlex

import pytest
from commands import call, records
from common_words import COMMON, make_common

from protolabel import Example, LabelSpace
from protolabel.arithmetic.belonging import Belonging
from protolabel.arithmetic.calibration import Calibration
from protolabel.label_space.answer_path.rule import Rule
from protolabel.label_space.answer_path.threshold_advice import most_strangers_answered
from protolabel.label_space.configuration.settings import Settings, require_range

SENTENCE = "most documents of no class get an answer"


@pytest.fixture
def space(tmp_path):
    """Classes whose documents share most of their words, so that each is near the others."""
    path, rng = make_common(tmp_path / "mail.space"), random.Random(1)
    (tmp_path / "in").mkdir()
    for name in ("a.txt", "b.txt"):
        (tmp_path / "in" / name).write_text(" ".join(rng.choices(COMMON.split(), k=10)))
    return path


def says_it(done) -> bool:
    return SENTENCE in " ".join(done.stderr.split())


def test_each_way_to_label_says_it(space, tmp_path):
    inbox = tmp_path / "in"
    assert says_it(call("label", space, inbox))
    sort = ("label", space, inbox, "--sort-into", tmp_path / "sorted", "--preview")
    done = call(*sort)
    assert says_it(done)
    assert "--review-below 50%" in " ".join(done.stderr.split())
    assert not says_it(call(*sort, "--review-below", "50%"))


def test_discover_says_it_in_place_of_advice_to_name_documents(space, tmp_path):
    for inputs in ((), (tmp_path / "in",)):
        done = call("discover", space, *inputs)
        assert says_it(done)
        assert "no remembered document is declined" not in done.stderr
    assert SENTENCE in records("discover", space, "--json")[0]["undeclined"]


def test_the_threshold_that_it_names_declines_what_it_says(space, tmp_path):
    words = " ".join(call("label", space, tmp_path / "in").stderr.split())
    call(*shlex.split(re.search(r"`protolabel (set [^`]*)`", words)[1]))
    assert not says_it(call("label", space, tmp_path / "in"))
    with LabelSpace(space, background=False) as label_space:
        label_space.settle()
        view = label_space.view()
        fitted, threshold = view.rule.fitted, view.settings.threshold
        assert fitted is not None
        assert threshold is not None
        assert fitted.false_accept(threshold) <= 0.1


def test_nothing_is_said_where_a_person_has_decided(space, tmp_path):
    call("set", space, "threshold", "none")
    assert not says_it(call("label", space, tmp_path / "in"))


def test_nothing_is_said_where_strangers_are_declined(tmp_path):
    path, rng = tmp_path / "far.space", random.Random(0)
    words = ("pay bill amount", "job apply work", "ship parcel box", "soup bread dinner")
    with LabelSpace.create(path, encoder="hashing", background=False) as label_space:
        for own in map(str.split, words):
            texts = [[*rng.choices(own, k=4), *rng.choices(COMMON.split(), k=2)] for _ in range(8)]
            label_space.add([Example(own[0], " ".join(text)) for text in texts])
        label_space.settle()
        assert label_space.view().rule.fitted is not None
    (tmp_path / "in").mkdir()
    for name in ("a.txt", "b.txt"):
        (tmp_path / "in" / name).write_text("pay the bill amount")
    done = call("label", path, tmp_path / "in")
    assert "2 labelled" in done.stderr
    assert not says_it(done)


def test_no_threshold_is_advised_that_answers_hardly_anything():
    """It advised one that answers 8 % of what belongs, after each run."""
    assert "protolabel set SPACE threshold 0.7`" in most_strangers_answered(0.6, 0.7, 0.5)
    few = most_strangers_answered(0.6, 0.7, 0.08)
    assert "`" not in few
    assert "about 8% of what belongs" in few


@pytest.mark.parametrize(("metric", "highest"), [("cosine", 1.0), ("euclidean", 0.0)])
def test_where_strangers_score_as_high_as_can_be_the_named_threshold_may_be_set(metric, highest):
    """The scores of some encoders are a rounding error above the highest that there is."""
    scores = tuple(highest + 1e-7 - n / 50 for n in range(100, -1, -1))
    for score in (highest + 1e-7, highest, highest - 1e-4):
        strangers = (*scores[:-20], *[score] * 20)
        fitted = Calibration(0.1, -9.0, 99, 0.9, strangers, strangers, None, Belonging(1.0, 0.0))
        words = Rule(Settings(), fitted).few_declined_sentence(metric)
        threshold = re.search(r"threshold of (\S+) declines", words)[1]
        require_range({"threshold": threshold}, metric)
        assert highest - 1e-9 <= float(threshold) <= highest
