"""What a person decides about suggestions by the options of `review`, as one record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import click

from protolabel.cli.idle_options import refuse_idle
from protolabel.cli.option_records import F, with_record
from protolabel.errors import InputError
from protolabel.label_space.remembered_documents.document_names import documents_named
from protolabel.label_space.remembered_documents.matching_documents import keys_in_file
from protolabel.label_space.remembered_documents.remembered import Suggestion

_DECIDING = ("accept", "accept_all", "dismiss", "dismiss_all")


@dataclass(frozen=True, slots=True)
class ReviewDecision:
    """What a person decides about suggestions, by the options of the command line."""

    accept: tuple[str, ...]
    accept_all: bool
    dismiss: tuple[str, ...]
    dismiss_all: bool
    as_examples: bool
    reconsider: bool

    @property
    def decides(self) -> bool:
        """Whether suggestions are accepted or dismissed."""
        return bool(self.accept or self.accept_all or self.dismiss or self.dismiss_all)

    @property
    def is_empty(self) -> bool:
        """Whether none of these options was given."""
        return not (self.decides or self.as_examples or self.reconsider)

    def require_consistent(self) -> None:
        """Refuse decisions that contradict each other. Raises InputError."""
        kinds = (bool(self.accept), self.accept_all, self.dismiss_all)
        if sum(kinds) > 1 or (self.dismiss and self.dismiss_all):
            raise InputError(
                "decisions that contradict each other",
                expected="--accept, --accept-all, --dismiss-all, or --accept with --dismiss",
                remedy="leave one out",
            )

    def refuse_beside(self) -> None:
        """Refuse options that a decision would leave without effect. Raises InputError."""
        if self.reconsider:
            refuse_idle(
                (*_DECIDING, "as_examples", "to", "from_"),
                "with --reconsider",
                expected="--reconsider alone: it takes back the decisions on all documents",
                remedy="leave the others out, if all decisions are to be taken back",
            )
        if self.decides or self.reconsider:
            refuse_idle(
                ("list_",),
                "with an option that decides",
                expected="--list alone, or with --to and --from: it decides nothing",
                remedy="leave --list out",
            )
        if self.decides and not (self.accept or self.accept_all):
            refuse_idle(
                ("as_examples",),
                "where nothing is accepted",
                expected="--as-examples with --accept or --accept-all",
                remedy="leave --as-examples out",
            )

    def of(
        self, suggestions: Sequence[Suggestion]
    ) -> tuple[Sequence[Suggestion], Sequence[Suggestion]]:
        """Return the suggestions that are accepted, and those that are dismissed."""
        refused = suggestions if self.dismiss_all else _suggestions_named(suggestions, self.dismiss)
        if self.accept_all:
            return [s for s in suggestions if s not in refused], refused
        return _suggestions_named(suggestions, self.accept), refused


def decision_flags(function: F) -> F:
    """Add the options about decisions, as one argument ``decision``."""
    options = [
        click.option(
            "--accept",
            multiple=True,
            metavar="NAME",
            help="Accept the suggestion for the document with this key, id or source: it becomes "
            "its label; repeatable.",
        ),
        click.option("--accept-all", is_flag=True, help="Accept all suggestions listed."),
        click.option(
            "--dismiss",
            multiple=True,
            metavar="NAME",
            help="Keep the label of this document, and never suggest that class for it again; "
            "repeatable.",
        ),
        click.option("--dismiss-all", is_flag=True, help="Dismiss all suggestions listed."),
        click.option(
            "--as-examples",
            is_flag=True,
            help="Add accepted documents to their classes as examples, if their text is "
            "remembered.",
        ),
        click.option(
            "--reconsider",
            is_flag=True,
            help="Take back all decisions on documents so far: each document gets back the label "
            "space's own answer.",
        ),
    ]
    return with_record(function, "decision", ReviewDecision, options)


def _suggestions_named(suggestions: Sequence[Suggestion], names: Sequence[str]) -> list[Suggestion]:
    """Return the suggestions of these names. Raises InputError for a name that stands for none."""
    matches: list[Suggestion] = []
    for name in dict.fromkeys(names):
        namesakes = documents_named(suggestions, name)
        if not namesakes:  # a sorted file is known where it lies, too
            keys = {key.hex() for key in keys_in_file(name)}
            namesakes = [one for one in suggestions if one.key in keys]
        if len(namesakes) != 1:
            several = f"{len(namesakes)} suggestions named" if namesakes else "no suggestion named"
            raise InputError(
                f"{several} {name!r}",
                expected="the key, id or source of one document that is listed",
                remedy="list them with `protolabel review SPACE --list`",
            )
        matches += [s for s in namesakes if s not in matches]
    return matches
