"""Every public name of training refuses what is none of its arguments: in our words, at once."""

from __future__ import annotations

import os
from dataclasses import fields
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from encoder_folders import WORDS, write_folder

from protolabel import Example, LabelSpace, read_documents, read_examples
from protolabel.errors import InputError, ProtolabelError
from protolabel.training import (
    Network,
    Recipe,
    RunOptions,
    Scenario,
    SplitPlan,
    adapt,
    past_of,
    read_past,
    read_unlabelled,
    train,
)

for _needed in ("torch", "transformers", "peft"):
    pytest.importorskip(_needed)

WRONG = [
    3, -1, 1.5, float("nan"), True, b"bill", "\ud800", "a\0b", "past.jsonl", ["a"], ["\ud800"],
    [None], (3,), {"bill": None}, {3: "x"}, object(), np.array("bill"), np.zeros((2, 2)), type,
    Example("bill", "x"), [Example("bill", "x")], pd.DataFrame({"text": ["pay"], "label": ["a"]}),
]  # fmt: skip


def past():
    return past_of([Example(f"about {w}", f"{w} {o}") for w in WORDS[:6] for o in WORDS[:4]])


CALLS = {
    "pasts": lambda d, x: train(x, d / "out"),
    "out": lambda d, x: train(past(), x, split=SplitPlan(0.9999)),
    "unlabelled": lambda d, x: train(past(), d / "out", unlabelled=x, split=SplitPlan(0.9999)),
    "network": lambda d, x: train(past(), d / "out", network=x),
    "recipe": lambda d, x: train(past(), d / "out", recipe=x),
    "split": lambda d, x: train(past(), d / "out", split=x),
    "scenario": lambda d, x: train(past(), d / "out", scenario=x),
    "options": lambda d, x: train(past(), d / "out", options=x),
    "adapt space": lambda d, x: adapt(x, d / "out"),
    "adapt out": lambda d, x: adapted(d, out=x),
    "adapt recipe": lambda d, x: adapted(d, recipe=x),
    "adapt parts": lambda d, x: adapted(d, parts=x),
    "adapt max_tokens": lambda d, x: adapted(d, max_tokens=x),
    "adapt encoder": lambda d, x: adapted(d, encoder=x),
    "adapt overwrite": lambda d, x: adapted(d, overwrite=x),
    "past_of": lambda d, x: past_of(x),
    "past_of label": lambda d, x: past_of([Example(x, "pay")]),
    "past_of text": lambda d, x: past_of([Example("bill", x)]),
    "past_of descriptions": lambda d, x: past_of([Example("bill", "pay")], x),
    "past_of names_mean": lambda d, x: past_of([Example("bill", "pay")], names_mean=x),
    "read_past": lambda d, x: read_past(x),
    "read_unlabelled": lambda d, x: read_unlabelled(x),
    "read_unlabelled one": lambda d, x: read_unlabelled([x]),
    "read_documents": lambda d, x: list(read_documents(x)),
    "read_examples": lambda d, x: list(read_examples(x)),
    **{f"Recipe {f.name}": lambda d, x, f=f: Recipe(**{f.name: x}) for f in fields(Recipe)},
    **{f"Scenario {f.name}": lambda d, x, f=f: Scenario(**{f.name: x}) for f in fields(Scenario)},
    **{f"SplitPlan {f.name}": lambda d, x, f=f: SplitPlan(**{f.name: x})
       for f in fields(SplitPlan)},
    **{f"RunOptions {f.name}": lambda d, x, f=f: RunOptions(**{f.name: x})
       for f in fields(RunOptions)},
    **{f"Network {f.name}": lambda d, x, f=f: Network(**{f.name: x}).fitted(images=False)
       for f in fields(Network)},
}  # fmt: skip


def adapted(folder: Path, out: object = None, **arguments: object) -> object:
    """Adapt a label space that has too few examples to begin."""
    with LabelSpace(folder / "mail.space", background=False) as space:
        return adapt(space, folder / "out" if out is None else out, **arguments)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    where = tmp_path_factory.mktemp("misuse")
    base = write_folder(where / "base")
    with LabelSpace.create(where / "mail.space", encoder=str(base), background=False) as space:
        space.add("pay", "bill")
    return where


@pytest.mark.parametrize("call", CALLS)
def test_a_wrong_argument_is_refused_in_our_words(call, folder, monkeypatch):
    monkeypatch.chdir(folder)
    before = sorted(os.listdir(folder))
    for value in WRONG:
        try:
            CALLS[call](folder, value)
        except ProtolabelError:
            continue
        except Exception as error:
            pytest.fail(f"{call} {value!r}: {error!r}")
    assert sorted(os.listdir(folder)) == before


@pytest.mark.parametrize("call", ["pasts", "network", "recipe", "options", "adapt space"])
def test_what_is_no_such_object_is_never_taken(call, folder):
    for value in WRONG:
        with pytest.raises(InputError):
            CALLS[call](folder, value)


def test_a_single_path_is_read_as_one(tmp_path):
    (tmp_path / "stream.txt").write_text("pay the bill")
    assert read_unlabelled(str(tmp_path / "stream.txt")) == ["pay the bill"]


def test_classes_to_lift_are_names(space):
    for wrong in ({}, [], None, 3, b"bill", object()):
        with pytest.raises(ProtolabelError):
            space.lift(wrong)
