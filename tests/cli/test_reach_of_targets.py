"""A target is never said to be kept without the classes of which it promises nothing."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from commands import call

from protolabel import Example, LabelSpace
from protolabel.evaluation.of_own_examples import evaluate_space
from protolabel.evaluation.risk_of_space import risk_of_space

LARGE, SMALL, DIM = 6, 3, 16
RNG = np.random.default_rng(0)
CENTRES = 2.0 * RNG.normal(size=(LARGE + SMALL, DIM))


def examples_of(column: int, n: int) -> list[Example]:
    vectors = CENTRES[column] + RNG.normal(size=(n, DIM))
    return [Example(f"c{column}", embedding=v.astype(np.float32)) for v in vectors]


@pytest.fixture
def path(tmp_path: Path) -> str:
    """Six classes of 14 examples each."""
    where = tmp_path / "a.space"
    with LabelSpace.create(where, encoder=f"hashing:{DIM}", background=False) as space:
        space.add([one for column in range(LARGE) for one in examples_of(column, 14)])
    return str(where)


def add_small(path: str) -> None:
    """Add three classes of one example each."""
    with LabelSpace(path, background=False) as space:
        for column in range(LARGE, LARGE + SMALL):
            space.add(examples_of(column, 1))


KEPT = "kept for the 6 classes with two different examples or more; of 3 others nothing is promised"


@pytest.mark.parametrize("target", ["errors 20%", "turned away 10%"])
def test_each_command_says_for_how_many_classes_a_target_is_kept(path, target, tmp_path):
    add_small(path)
    output = call("set", path, "target", target)
    assert f"the target {target} is {KEPT} until each has two different examples" in output.stderr
    assert f"protolabel classes {path}" in output.stderr
    info = call("info", path).stdout
    assert KEPT in " ".join(info.split())
    assert "documents of 6 classes (3 others are not measured)" in " ".join(info.split())
    html = tmp_path / "risk.html"
    page = " ".join(call("risk", path, "--html", str(html)).stdout.split())
    assert f"target {target}: {KEPT}; " in page
    assert "of what belongs to the 6 classes that are measured is answered" in page
    assert "84 of 6 of its classes" in page
    assert "nothing is measured on 3 classes until each has two different examples" in page
    assert f"target {target}: {KEPT}; " in html.read_text(encoding="utf-8")


def test_records_for_programs_hold_the_reach(path):
    add_small(path)
    reach = {"classes": 6, "others": 3, "learned": False, "in_descriptions": False}
    call("set", path, "target", "errors 20%")
    info = json.loads(call("info", path, "--json").stdout)
    assert info["calibration"]["reach"] == reach
    assert KEPT in info["unpromised"]
    assert f"protolabel classes {path}" in info["unpromised"]
    risk = json.loads(call("risk", path, "--json").stdout)
    assert (risk["reach"], risk["verdict"]) == (reach, KEPT)
    with LabelSpace(path, background=False) as space:
        assert (space.info().calibration.reach.others, risk_of_space(space).reach.others) == (3, 3)


def test_a_promise_about_strangers_speaks_of_no_class(path):
    """Documents of a class of one example are strangers as well where it is left out."""
    add_small(path)
    assert not call("set", path, "target", "strangers 60% sure 60%").stderr
    page = call("risk", path).stdout
    assert "target strangers 60% sure 60%: kept, and " in page.replace("\n", " ")


def test_a_new_class_of_one_example_is_outside_the_promise_and_its_change_says_so(path):
    assert not call("set", path, "target", "errors 20%").stderr
    assert "kept, and" in call("risk", path).stdout
    with LabelSpace(path, background=False) as space:
        preview = space.preview.add(examples_of(LARGE, 1))
    assert any("of 1 other nothing is promised until it has" in hint for hint in preview.hints)
    add_small(path)
    more = call("add", path, "new", "--text", "some words", "--new").stderr
    assert "of 4 others nothing is promised" in more
    again = call("add", path, "c0", "--text", "other words").stderr
    assert "promised" not in again


def test_two_different_examples_of_each_class_end_the_exception(path):
    add_small(path)
    call("set", path, "target", "errors 20%")
    with LabelSpace(path, background=False) as space:
        for column in range(LARGE, LARGE + SMALL):
            space.add(examples_of(column, 1))
        space.settle()
        assert space.info().unpromised == ""
        assert space.info().calibration.reach.others == 0


def test_a_copy_of_the_only_example_is_no_second_one(path):
    add_small(path)
    with LabelSpace(path, background=False) as space:
        (new,) = examples_of(0, 1)
        space.add([Example("copy", embedding=new.embedding)] * 2)
        space.settle()
        assert space.info().calibration.reach.others == SMALL + 1


def test_an_evaluation_names_the_classes_that_it_does_not_measure(path):
    add_small(path)
    with LabelSpace(path, background=False) as space:
        space.describe({"bare": "some words", "bare too": "other words"})
        notes = evaluate_space(space, draws=2).notes
    assert "not measured, a single document: c6, c7, c8" in notes
    assert "not measured, no example: 2 classes" in notes
