"""Guards against new classes by accident: a question to a person, ``--new`` for programs."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Container, Iterable, Mapping, Sequence

import click

from protolabel.cli.common import class_option
from protolabel.cli.preview import preview_asked
from protolabel.cli.terminal import note, printable
from protolabel.columns.label_lists import labels_of_one
from protolabel.errors import InputError
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.listed_names import new_lists
from protolabel.names import clean_name

NEW = click.option(
    "--new",
    is_flag=True,
    help="Make new classes without asking, even if a name is close to that of another class.",
)


def ask_about_new(
    space: LabelSpace,
    labels: Iterable[str],
    new: bool,
    *,
    of_rows: bool = False,
    certain: Container[str] = (),
) -> None:
    """Ask before a class is made whose name is nearly that of another, or lists others.

    Where nobody sits to be asked, such a class needs ``--new``.

    Args:
        space: of the classes.
        labels: names of classes, of which some may be new.
        new: whether it is not to be asked.
        of_rows: whether the names stand in rows of files, which ``--label-separator`` parts.
        certain: those that stand in lists there: each is the name of one class.

    Raises:
        InputError: where nobody can be asked.
        click.Abort: where the answer is no.
    """
    if new:
        return
    names = list(labels)
    near = space.near_names(names)
    if near:
        refusal = InputError(
            f"new classes with names near to others: {_pairs(near)}",
            expected="names of classes that are there, or names that nobody takes for them",
            remedy="correct the name, or add --new to make a new class",
        )
        _ask(refusal)
    lists = new_lists(space.view(), map(clean_name, names), certain)
    if lists:
        separator = next(iter(lists.values()))[0]
        refusal = InputError(
            "new classes with names that list others: "
            f"{_pairs({name: parts for name, (_, parts) in lists.items()})}",
            expected="one class in each name, or what separates several",
            remedy=_remedy_for_lists(separator)
            if of_rows
            else "name each class by itself, or add --new to make a new class",
        )
        _ask(refusal)


def _remedy_for_lists(separator: str) -> str:
    """Return what to do about rows whose labels list classes; ``separator``: as in a Listing."""
    if not separator:
        return (
            "write the classes without brackets and quotes, with a mark between them, and add "
            "--label-separator with that mark, or --new to make a new class"
        )
    return (
        f"add --label-separator {shlex.quote(separator)} to give each document all of them, or "
        "--new to make a new class"
    )


def _pairs(others: Mapping[str, Sequence[str]]) -> str:
    """Return new names, each with the classes that it is like."""
    return ", ".join(
        f"{name!r} (there is {' and '.join(map(repr, labels))})" for name, labels in others.items()
    )


def _ask(refusal: InputError) -> None:
    """Ask whether new classes are to be made all the same. Raises the refusal where nobody can say.

    A preview makes none, so it says only what the command itself would ask.

    ``refusal``: says which classes, and why that is a question.
    """
    if preview_asked():
        note(
            f"{refusal.got}: before you carry it out, {refusal.command or refusal.remedy}",
            always=True,
        )
        return
    if sys.stdin is not None and sys.stdin.isatty() and sys.stderr and sys.stderr.isatty():
        click.confirm(printable(f"{refusal.got}. Make them?"), abort=True, err=True)
        return
    raise refusal


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
