"""The advice of errors about training that need no run works when done to the letter."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from advice import Cases, Desk
from commands import call
from encoder_folders import WORDS, write_folder

from protolabel import Example
from protolabel.episodes.sampler import Sampler
from protolabel.episodes.scenario import Scenario

for _needed in ("torch", "transformers", "peft"):
    pytest.importorskip(_needed)

CASES = Cases()


@pytest.mark.parametrize("name", CASES)
def test_the_advice_works_when_done_to_the_letter(desk: Desk, name: str) -> None:
    CASES.run(name, desk)


def past(d: Desk) -> object:
    """A labelled past of nine classes."""
    rows = [f"{word} {other},about {word}" for word in WORDS[:9] for other in WORDS[:6]]
    return d.file("past.csv", "\n".join(["text,label", *rows]))


QUICK = ("--kind", "map", "--episodes", 1, "--out", "out")


@CASES.of("give a share such as 0.2")
def shares_of_the_classes(d: Desk) -> None:
    from protolabel.training import SplitPlan

    base = write_folder(d.folder / "base")
    command = ("train", past(d), "--encoder", base, *QUICK)
    assert "--valid" not in d.refused(*command, "--valid", "nan")
    call(*command, "--valid", "0.2")
    d.raised(lambda: SplitPlan(novel=1.5))
    SplitPlan(novel=0.2)


@CASES.of("give another, or leave it out")
def settings_of_a_run(d: Desk) -> None:
    from protolabel.training import Recipe

    d.raised(lambda: Recipe(episodes=0))
    d.raised(lambda: Recipe(episodes=1.5))
    assert Recipe().episodes == Recipe(episodes=400).episodes


@CASES.of(
    "make it with past_of(examples), or with read_past(path)",
    "of a file, make it with read_past(path)",
)
def pasts_of_another_kind(d: Desk) -> None:
    from protolabel.training import past_of, read_past, train

    path, out = past(d), d.folder / "out"
    d.raised(lambda: train(str(path), out))
    assert read_past(str(path)).names
    d.raised(lambda: past_of(str(path)))
    assert past_of([Example("bill", "pay")]).names == ["bill"]


@CASES.of("lower n_shot or n_query, give more, or leave such classes out with past.without_small")
def classes_of_a_past_that_are_too_small(d: Desk) -> None:
    from protolabel.training import past_of

    past = past_of([Example(label, f"{label} {n}") for label in "ab" for n in range(3)]
                   + [Example("c", "alone")])  # fmt: skip
    pair = Scenario(n_way=2, n_shot=1, n_query=1)
    d.raised(lambda: Sampler(past.labels, pair, names=past.names))
    larger, names = past.without_small(2)
    assert names == ["c"]
    Sampler(larger.labels, pair, names=larger.names)


@CASES.of(
    "begin with an encoder that has not learned these classes (encoder=), or give documents of "
    "more classes that it has not learned",
    "name another class, or begin with an encoder that has not learned this one (encoder=)",
)
def encoders_that_have_learned_the_classes(d: Desk) -> None:
    from protolabel.training import Network, Recipe, RunOptions, SplitPlan, read_past, train

    base, trained = write_folder(d.folder / "base"), d.folder / "trained"
    first, run = past(d), ("--kind", "map", "--episodes", 1, "--in-any-case")
    call("train", first, "--encoder", base, *run, "--out", trained)
    command = ("train", *run, "--out", d.folder / "out", "--overwrite")
    assert "(--encoder)" in d.refused(*command, first, "--encoder", trained)
    call(*command, first, "--encoder", base)
    rows = [f"{word} {other} a,of {word}" for word in WORDS[:3] for other in WORDS[:6]]
    more = d.file("more.csv", Path(str(first)).read_text() + "\n" + "\n".join(rows))
    call(*command, more, "--encoder", trained)

    def in_python(documents: object, encoder: object, *novel: str) -> None:
        train(
            read_past(documents), d.folder / "out", network=Network("map", encoder),
            recipe=Recipe(episodes=1), split=SplitPlan(novel=novel),
            options=RunOptions(only_if_better=False, overwrite=True),
        )  # fmt: skip

    d.raised(lambda: in_python(first, trained))
    d.raised(lambda: in_python(more, trained, "about pay", "of bill"))
    in_python(more, base, "about pay", "of bill")


@CASES.of("leave {} at 0, or give descriptions with descriptions=")
def shares_of_descriptions_where_there_are_none(d: Desk) -> None:
    base = write_folder(d.folder / "base")
    command = ("train", past(d), "--encoder", base, *QUICK, "--in-any-case", "--names-are-codes")
    remedy = d.refused(*command, "--described-only", 1)
    d.met.append(remedy.replace("--described-only", "described_only").replace(
        "--descriptions", "descriptions="))  # fmt: skip
    words = d.file(
        "words.json", json.dumps({f"about {word}": f"all of {word}" for word in WORDS[:9]})
    )
    call(*command, "--described-only", 1, "--descriptions", words)
    call(*command, "--described-only", 0, "--overwrite")
