"""The options about what an answer shows, which ranking answers, and where answers are written.

Each is one record. ``HeadFlags.view_of`` also makes the fits that its options ask for.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import get_args

import click

from protolabel.batch.earlier_answers import Again
from protolabel.cli.common import NUMBER, SHARE, VERSION
from protolabel.cli.option_records import F, with_record
from protolabel.cli.settled_view import settled_view
from protolabel.errors import InputError
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.view import View
from protolabel.progress import Progress


@dataclass(frozen=True, slots=True)
class AnswerFlags:
    """How many classes and nearest examples an answer shows, and the coverage of its label set."""

    top: int
    evidence: int
    coverage: float | None = None


@dataclass(frozen=True, slots=True)
class HeadFlags:
    """Which version of the label space answers, and by which ranking."""

    at: int | None = None
    prototypes: bool = False
    settle: bool = False

    def require_one_ranking(self) -> None:
        """Refuse ``--prototypes`` together with ``--settle``. Raises InputError."""
        if self.prototypes and self.settle:
            raise InputError(
                "--prototypes with --settle", expected="one of them", remedy="leave one out"
            )

    def view_of(self, space: LabelSpace, progress: Progress) -> View:
        """Return what answers."""
        return settled_view(
            space, self.at, prototypes=self.prototypes, settle=self.settle, progress=progress
        )


@dataclass(frozen=True, slots=True)
class OutputFlags:
    """The file that answers are written to, and what becomes of those that are in it."""

    out: str | None = None
    resume: bool = False
    again: Again | None = None

    def require_complete(self, space: str, sources: Sequence[str]) -> None:
        """Refuse a command without documents, and options that need another one.

        Args:
            space: path of the label space.
            sources: the documents of the command line.

        Raises:
            InputError: as above.
        """
        if not sources:
            raise InputError(
                "no document", expected="files, folders, - or --text",
                remedy=shlex.join(["protolabel", "label", space, "--text", "some text"]),
            )  # fmt: skip
        if self.resume and self.out is None:
            raise InputError(
                "--resume without --out", expected="the file to go on with",
                remedy="add --out FILE",
            )  # fmt: skip
        if self.again and not self.resume:
            raise InputError(
                "--again without --resume", expected="the file whose answers are made again",
                remedy="add --resume and --out FILE",
            )  # fmt: skip


def answer_flags(top: str, *, sets: bool = False) -> Callable[[F], F]:
    """Add the options about what an answer shows, as one argument ``answers``.

    Args:
        top: the help of ``--top``.
        sets: whether there is ``--set``.
    """
    options = [
        click.option("--top", type=NUMBER, default=5, show_default=True, help=top),
        click.option(
            "--evidence", type=NUMBER, default=3, show_default=True,
            help="How many of the nearest examples an answer shows.",
        ),
    ]  # fmt: skip
    if sets:
        options.append(
            click.option(
                "--set", "coverage", type=SHARE, metavar="SHARE",
                help="Also list the classes that cannot be excluded. This share of the lists holds "
                "the right class, such as 90%.",
            )
        )  # fmt: skip
    return lambda function: with_record(function, "answers", AnswerFlags, options)


def head_flags(function: F) -> F:
    """Add the options about the ranking, as one argument ``head``."""
    options = [
        click.option("--at", type=VERSION, help="Answer with the label space at this version."),
        click.option(
            "--prototypes",
            is_flag=True,
            help="Rank by the prototypes alone, without the refinement.",
        ),
        click.option(
            "--settle",
            is_flag=True,
            help="Fit the refined ranking first, however long that takes.  [default: fit it if "
            "that takes about two seconds or less; else rank by the prototypes]",
        ),
    ]
    return with_record(function, "head", HeadFlags, options)


def output_flags(function: F) -> F:
    """Add the options about the file of answers, as one argument ``output``."""
    options = [
        click.option(
            "--out",
            type=click.Path(),
            metavar="FILE",
            help="Write the answers to this file. A name that ends in .csv, .xlsx or .parquet "
            "gives that format; any other gives JSON lines.",
        ),
        click.option(
            "--resume",
            is_flag=True,
            help="With --out: answer only documents that are new or changed since the file was "
            "written. The answer to a changed file, or to a changed row with an id, replaces the "
            "old one.",
        ),
        click.option(
            "--again",
            type=click.Choice(get_args(Again)),
            help="With --resume or --sort-into: answer some documents again. These are the "
            "declined ones, those of another version or ranking of the label space (changed), or "
            "all. The new answers replace the old ones.",
        ),
    ]
    return with_record(function, "output", OutputFlags, options)
