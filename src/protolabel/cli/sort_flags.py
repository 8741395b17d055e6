"""The options of `label` about sorting files, as one record. Nothing is sorted here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import click

from protolabel.batch.sorting.class_folders import REVIEW
from protolabel.batch.sorting.entries import How
from protolabel.cli.common import SHARE
from protolabel.cli.option_records import F, with_record
from protolabel.errors import InputError


@dataclass(frozen=True, slots=True)
class SortFlags:
    """The options about sorting, as the command line gives them."""

    sort_into: str | None = None
    how: How | None = None
    review_below: float | None = None
    follow: bool = False
    preview: bool = False

    def is_sorting(self, *options: tuple[str, object]) -> bool:
        """Return whether files are to be sorted.

        Args:
            options: those that do not go with it, with their values.

        Raises:
            InputError: an option stands without the one that it needs, or beside another one.
        """
        if self.sort_into is None:
            flags = (
                ("--by", self.how), ("--review-below", self.review_below),
                ("--follow", self.follow), ("--preview", self.preview),
            )  # fmt: skip
            for name, is_set in flags:
                if is_set:
                    raise InputError(
                        f"{name} without --sort-into",
                        expected="the folder to sort into",
                        remedy="add --sort-into FOLDER",
                    )
            return False
        if self.preview:
            options = (("--follow", self.follow), *options)
        for name, value in options:
            if value not in (None, False, ()):
                raise InputError(
                    f"{name} with {'--preview' if name == '--follow' else '--sort-into'}",
                    expected="one of them",
                    remedy=f"leave {name} out, or run the command once for each",
                )
        return True


def sort_flags(function: F) -> F:
    """Add the options about sorting, as one argument ``sorting``."""
    options = [
        click.option(
            "--sort-into",
            type=click.Path(),
            metavar="FOLDER",
            help="Put each file into a folder of its class, and files that need a person into "
            f"{REVIEW}. Only new and changed files are read. A mail with attachments goes to a "
            "class if all its answers of 50% or more name that class, and at least half of its "
            "documents have it.",
        ),
        click.option(
            "--by",
            "how",
            type=click.Choice(get_args(How)),
            help="With --sort-into: how files get there. No link is moved.  [default: copy]",
        ),
        click.option(
            "--review-below",
            type=SHARE,
            metavar="SHARE",
            help=f"With --sort-into: put files with a smaller chance, such as 50%, into {REVIEW}.  "
            "[default: none]",
        ),
        click.option(
            "--preview",
            is_flag=True,
            help="With --sort-into: only show where each file would go.",
        ),
        click.option(
            "--follow",
            "--watch",
            is_flag=True,
            help="With --sort-into: go on with new files, until Ctrl-C.",
        ),
    ]
    return with_record(function, "sorting", SortFlags, options)
