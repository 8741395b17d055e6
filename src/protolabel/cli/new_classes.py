"""Guards against new classes by accident: a question to a person, ``--new`` for programs."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import click

from protolabel.cli.common import class_option
from protolabel.cli.preview import preview_asked
from protolabel.cli.terminal import printable
from protolabel.errors import InputError
from protolabel.label_lists import labels_of_one
from protolabel.label_space.label_space import LabelSpace
from protolabel.names import clean_name

NEW = click.option(
    "--new",
    is_flag=True,
    help="Make new classes without asking, even if a name is close to that of another class.",
)


def ask_about_new(space: LabelSpace, labels: Iterable[str], new: bool) -> None:
    """Ask before a class is made whose name is nearly that of another.

    Where nobody sits to be asked, such a class needs ``--new``.

    Raises:
        InputError: where nobody can be asked.
        click.Abort: where the answer is no.
    """
    if new or preview_asked():
        return  # a preview makes none
    near = space.near_names(list(labels))
    if not near:
        return
    pairs = [f"{name!r} (there is {' and '.join(map(repr, near[name]))})" for name in near]
    question = f"new classes with names near to others: {', '.join(pairs)}"
    if sys.stdin is not None and sys.stdin.isatty() and sys.stderr and sys.stderr.isatty():
        click.confirm(printable(f"{question}. Make them?"), abort=True, err=True)
        return
    raise InputError(
        question,
        expected="names of classes that are there, or names that nobody takes for them",
        remedy="correct the name, or add --new to make a new class",
    )


ALSO = class_option(
    "--also",
    multiple=True,
    help="A further class of the documents, if they may have several; repeatable.",
)


def ask_about_all(
    space: LabelSpace, label: str, also: tuple[str, ...], new: bool
) -> tuple[str, ...]:
    """Ask about the classes that documents are to have together, and return the further ones.

    Raises:
        InputError: there are several, and documents have one label.
    """
    if also:
        labels_of_one([label, *also], f"--also {also[0]}", space.settings.several)
    first, *further = dict.fromkeys(map(clean_name, [label, *also]))
    ask_about_new(space, [first, *further], new)
    return tuple(further)
