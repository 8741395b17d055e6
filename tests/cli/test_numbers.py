"""Every number of every command: what it cannot be is refused, by the option's name."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator

import click
import pytest
from _pytest.mark import ParameterSet
from commands import call
from encoder_folders import WORDS, write_folder
from spelt_numbers import spelt

from protolabel import LabelSpace
from protolabel.cli import cli
from protolabel.cli.spans import Span

NUMBERS = (click.types.IntParamType, click.types.FloatParamType)
SENSELESS = ("-1", "nan", "inf", "-inf", "1e400")
HUGE = "99999999999999999999999999"
HUGE_WHOLE = ("2147483648", "4294967296", "1000000001", str(2**63), str(2**64), HUGE)
TRAINING = ("train", "adapt")
WITHOUT_TORCH = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in ("torch", "transformers", "peft")),
    reason="takes the extra train",
)


def commands(group: click.Group) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command)
        else:
            yield name, command


def options_of(*types: type[click.ParamType]) -> list[ParameterSet]:
    """Each option of these types, with its command."""
    return [
        pytest.param(
            name, parameter.opts[0], marks=[WITHOUT_TORCH] if name in TRAINING else [],
            id=f"{name} {parameter.opts[0]}",
        )
        for name, command in commands(cli)
        for parameter in command.params
        if isinstance(parameter.type, types) and parameter.opts[0].startswith("--")
    ]  # fmt: skip


OPTIONS = options_of(*NUMBERS)


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    """The arguments of each command that has such options."""
    folder = tmp_path_factory.mktemp("numbers")
    with LabelSpace.create(folder / "mail.space", encoder="hashing", background=False) as space:
        for label in ("bill", "cv"):
            space.add([f"{label} words {spelt(i)}" for i in range(12)], label)
    for label in ("bill", "cv"):
        (folder / "data" / label).mkdir(parents=True)
        for i in range(12):
            (folder / "data" / label / f"{i}.txt").write_text(f"{label} words {spelt(i)}")
    mail, learnable, past = folder / "mail.space", folder / "learnable.space", folder / "past.csv"
    base = write_folder(folder / "base")
    rows = [f"{word} {other},about {word}" for word in WORDS[:9] for other in WORDS[:6]]
    past.write_text("\n".join(["text,label", *rows]))
    with LabelSpace.create(learnable, encoder=str(base), background=False) as space:
        space.add(["pay bill", "bill pay"], "bill")
    arguments = {
        "label": (mail, "--text", "some words"),
        "classes": (mail,),
        "show": (mail, "bill"),
        "history": (mail,),
        "export": (mail,),
        "discover": (mail,),
        "next": (mail,),
        "watch": (mail,),
        "stream": (mail,),
        "evaluate": (folder / "data", "--encoder", "hashing"),
        "serve": (mail, "--no-browser"),
        "train": (
            past,
            "--encoder",
            base,
            "--out",
            folder / "out",
            "--kind",
            "map",
            "--episodes",
            1,
        ),
        "adapt": (learnable, "--out", folder / "out"),
    }
    return arguments | {"--space": ("--space", mail)}


def test_there_are_options_to_try():
    names = {param.values[0] for param in OPTIONS}
    assert names >= {"label", "evaluate", "serve", "history", *TRAINING}


@pytest.mark.parametrize(("name", "option"), OPTIONS)
def test_a_number_that_an_option_cannot_be_is_refused_by_its_name(name, option, inputs):
    own = "--space" if option == "--more" else name
    for value in SENSELESS:
        assert option in call(name, *inputs[own], option, value, code=2).stderr, value


@pytest.mark.parametrize(("name", "option"), options_of(click.types.IntParamType, Span))
def test_a_huge_number_is_taken_or_refused_in_words(name, option, inputs):
    own = "--space" if option == "--more" else name
    for value in HUGE_WHOLE + tuple(f"1-{v}" for v in HUGE_WHOLE if option in ("--way", "--shot")):
        done = call(name, *inputs[own], option, value, code=None)  # no traceback
        assert done.returncode == 0 or "; expected " in done.stderr or option in done.stderr, value


@pytest.mark.parametrize("option", ["--query", "--episodes", "--draws", "--kappa", "--seed"])
def test_a_huge_number_is_refused_before_anything_is_drawn(option, inputs):
    assert f"{option} " in call("evaluate", *inputs["evaluate"], option, HUGE, code=2).stderr


@pytest.mark.parametrize(
    ("option", "value"),
    [("--draws", "0"), ("--draws", HUGE), ("--more", "0"), ("--more", HUGE), ("--seed", HUGE)],
)
def test_of_several_numbers_the_one_at_fault_is_named(option, value, inputs):
    message = call("evaluate", *inputs["--space"], option, value, code=2).stderr
    assert f"protolabel: {option} {value[:3]}" in message
    assert len({"--draws", "--more", "--seed"} & set(message.split())) == 1


def test_no_limit_of_a_service_is_senseless(inputs):
    assert (
        "--requests-a-minute"
        in call("serve", *inputs["serve"], "--requests-a-minute", HUGE, code=2).stderr
    )
