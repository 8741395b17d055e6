"""`protolabel conflicts`: an example under the wrong class, by command, and what then helps."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from commands import call, records
from mail_space import mail_space
from remembered import DIM, vector

from protolabel import Example, LabelSpace
from protolabel.encoders import PrecomputedEncoder
from protolabel.open_world.conflicts import IN_A_PART

WRONG = "please pay the bill number 77"
NONE = "likely label errors cannot be listed: "


@pytest.fixture
def space(tmp_path: Path) -> Path:
    path = mail_space(tmp_path)
    call("add", path, "cv", "--text", WRONG)
    return path


def test_a_wrong_example_is_listed_and_moving_it_ends_that(space):
    (report,) = [
        json.loads(line) for line in call("conflicts", space, "--json").stdout.splitlines()
    ]
    (one,) = report["examples"]
    assert (one["label"], one["nearer"]) == ("cv", "invoice")
    assert one["strength"] >= 1
    assert one["evidence"][0]["id"].startswith("i")
    listed = call("conflicts", space)
    assert listed.stdout.startswith("1 example of 19 is clearly nearer")
    assert f"protolabel move {space} --to invoice {one['id']}" in listed.stderr
    call("move", space, "--to", "invoice", one["id"])
    assert call("conflicts", space).stdout.startswith("0 examples of 19")


@pytest.mark.parametrize("text", [WRONG, WRONG.replace(" ", "  "), WRONG.upper() + "!"])
def test_no_example_is_to_move_to_a_class_that_a_person_has_refused_for_it(space, text):
    """It advised to undo the decision: the example lies nearer that class, and is not of it."""
    with LabelSpace(space, background=False) as opened:
        opened.add(Example("invoice", text, negative=True))
    (report,) = records("conflicts", space, "--json")
    assert report["examples"] == []
    assert report["comparable"]
    assert call("conflicts", space).stdout.startswith("0 examples of 19")


def test_where_classes_overlap_the_command_says_that_errors_cannot_be_told(tmp_path):
    path, rng = tmp_path / "same.space", np.random.default_rng(0)
    with LabelSpace.create(path, encoder=PrecomputedEncoder(DIM), background=False) as space:
        space.add(
            Example(f"c{k}", embedding=rng.normal(size=DIM).astype(np.float32))
            for k in range(8) for _ in range(8)
        )  # fmt: skip
    (report,) = records("conflicts", path, "--json")
    assert (report["examples"], report["comparable"]) == ([], False)
    outcome = call("conflicts", path)
    right = report["right"]
    assert 2 * right <= 64
    assert outcome.stdout.startswith(
        f"{NONE}the classes overlap too much: {right} of 64 examples are nearer to their own class "
        "than to another"
    )
    assert "move" not in outcome.stderr


@pytest.mark.parametrize("sizes", [(), (2,), (1, 1)])
def test_where_nothing_can_be_compared_it_says_what_that_takes(tmp_path, sizes):
    """It counted examples that were not judged: two of one class, without a rival."""
    path = spread_space(tmp_path, sizes)
    (report,) = records("conflicts", path, "--json")
    assert (report["documents"], report["right"], report["comparable"]) == (0, 0, False)
    assert call("conflicts", path).stdout.startswith(
        f"{NONE}no example can be compared yet, which takes a class with two different examples, "
        "and another class"
    )


def test_too_few_examples_are_not_called_an_overlap(tmp_path):
    """All four are nearer to their own class. Of five, that is beyond chance."""
    path = spread_space(tmp_path, (2, 2))
    (report,) = records("conflicts", path, "--json")
    assert (report["documents"], report["right"], report["comparable"]) == (4, 4, False)
    assert call("conflicts", path).stdout == (
        f"{NONE}there are too few examples: 4 of 4 examples are nearer to their own class than to "
        "another, which may be chance; add examples\n"
    )
    (report,) = records("conflicts", spread_space(tmp_path, (3, 2), "five"), "--json")
    assert (report["documents"], report["right"], report["comparable"]) == (5, 5, True)


def spread_space(folder: Path, sizes: tuple[int, ...], name: str = "spread") -> Path:
    """A label space whose classes lie far apart."""
    path, rng = folder / f"{name}.space", np.random.default_rng(0)
    with LabelSpace.create(path, encoder=PrecomputedEncoder(DIM), background=False) as space:
        if sizes:
            space.add(
                Example(f"c{axis}", embedding=vector(axis, rng, 0.1))
                for axis, n in enumerate(sizes)
                for _ in range(n)
            )
    return path


def test_a_mode_has_the_size_of_all_its_examples_though_fewer_ids_are_listed(tmp_path):
    path, rng = tmp_path / "wide.space", np.random.default_rng(0)
    with LabelSpace.create(path, encoder=PrecomputedEncoder(DIM), background=False) as space:
        for label, axes, n in (("wide", (0, 1), IN_A_PART + 20), ("a", (4,), 40), ("b", (5,), 40)):
            space.add(
                Example(label, embedding=vector(axis, rng, 0.05)) for axis in axes for _ in range(n)
            )
    (report,) = records("conflicts", path, "--json")
    (split,) = report["splits"]
    assert split["sizes"] == [IN_A_PART + 20] * 2
    assert [len(ids) for ids in split["parts"]] == [IN_A_PART] * 2
    assert "wide has 2 modes, of 120 and 120 different examples" in call("conflicts", path).stdout


@pytest.mark.parametrize("nested", [False, True])
def test_a_class_is_no_mistake_for_those_above_and_under_it(tmp_path, nested):
    """A class above others has examples of their kinds by design: nothing is to merge or split."""
    path, rng = tmp_path / "levels.space", np.random.default_rng(0)
    with LabelSpace.create(path, encoder=PrecomputedEncoder(DIM), background=False) as space:
        for label, axes, n in (
            ("a", (0,), 8),
            ("b", (1,), 8),
            ("above", (0, 1), 5),
            ("c", (2,), 8),
        ):
            space.add(
                Example(label, embedding=vector(axis, rng, 0.05)) for axis in axes for _ in range(n)
            )
        between = vector(0, rng, 0.05) + vector(1, rng, 0.05)
        space.add(Example("a", embedding=between))
        if nested:
            space.nest(["a", "b"], "above")
    (report,) = records("conflicts", path, "--json")
    assert [one["label"] for one in report["splits"]] == ([] if nested else ["above"])
    assert bool(report["merges"]) is not nested
    assert bool(report["examples"]) is not nested
