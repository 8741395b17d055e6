"""The commands about settings and history: ``set``, ``undo``, ``redo`` and ``return``.

Undo takes a change back, but for what may be remembered and where the encoder lies.
"""

from __future__ import annotations

import os

import click

from protolabel.cli.change import carry_out, print_change, timed
from protolabel.cli.common import ENCODER, SPACE, VERSION, as_json, opened
from protolabel.cli.preview import preview_asked, with_preview
from protolabel.errors import InputError
from protolabel.label_space import changes
from protolabel.label_space.configuration.settings import ABOUT_ANSWERS, NAMES
from protolabel.label_space.label_space import LabelSpace
from protolabel.types import Change

KEYS = (*NAMES, "encoder", *ABOUT_ANSWERS)
NUMBERS_TOO = {"ignore_unknown_options": True}  # a value such as -1.2 is a number, not options


@click.command("set", context_settings=NUMBERS_TOO)
@SPACE
@click.argument(
    "key",
    metavar="KEY",
    type=click.Choice(KEYS),
)
@click.argument("value")
@with_preview
@ENCODER
@as_json
def set_(space: str, key: str, value: str, encoder: str | None, json_: bool) -> None:
    """Change a setting.

    \b
    kappa          auto, or how many examples a description counts for
    threshold      auto, none (always answer), or the least score of an answer:
                   from -1 to 1; in a Euclidean label space, 0 or less
    target         none, or a limit that the threshold is to keep, with 95 %
                   confidence:
                   "errors 5%": at most 5 % of the answers are wrong
                   "strangers 90%": at least 90 % of the documents that
                   belong to no class are declined
                   "turned away 2%": at most 2 % of the documents that
                   belong to a class are declined
                   "errors 5% sure 90%": the same with 90 % confidence
    strangers      share of the documents that belong to no class, such as 30%
                   (auto: 20%)
    refine         on: rank by refined weights; off: by the prototypes alone
    modes          auto: give a class several prototypes if its examples ask
                   for them; off: never
    names_mean     on: describe a class by its name if it has no description;
                   off: do not
    labels         one; or several: a document may have several labels, or
                   none, and the threshold is the least probability of a label
    encoder        the present name or folder of the encoder, if it has moved
    remember       what is kept of a labelled document: off, answers, or text
    remember_most  how many documents are remembered at most
    """
    if key in ABOUT_ANSWERS:
        if preview_asked():
            raise InputError(
                f"a preview of {key}",
                expected="a setting that answers depend on",
                remedy="leave --preview out: it changes no answer",
            )
        with opened(space, encoder) as label_space:
            change, spent = timed(label_space, lambda: _remember(label_space, key, value))
            print_change(change, spent, json_)
        return
    if key == "encoder":
        place = os.path.abspath(value) if os.path.isdir(value) else value
        with opened(space, place) as label_space:
            carry_out(changes.PlaceEncoder(place), label_space, json_)
        return
    with opened(space, encoder) as label_space:
        carry_out(changes.Configure({key: value}), label_space, json_)


@click.command()
@SPACE
@with_preview
@as_json
def undo(space: str, json_: bool) -> None:
    """Take back the newest change; everything is as it was before, bit for bit."""
    with opened(space) as label_space:
        carry_out(changes.Undo(), label_space, json_)


@click.command()
@SPACE
@with_preview
@as_json
def redo(space: str, json_: bool) -> None:
    """Take back the newest undo."""
    with opened(space) as label_space:
        carry_out(changes.Redo(), label_space, json_)


@click.command("return")
@SPACE
@click.argument("version", type=VERSION)
@with_preview
@as_json
def return_(space: str, version: int, json_: bool) -> None:
    """Return to a version: all is as it was then, and later changes stay in the history."""
    with opened(space) as label_space:
        carry_out(changes.ReturnTo(version), label_space, json_)


def _remember(space: LabelSpace, key: str, value: str) -> Change:
    if key == "remember":
        return space.answer_log.remember(value.strip().lower())
    return space.answer_log.remember(most=value.strip())
