"""The options of `discover` about a decision on proposals, and which of them go together."""

from __future__ import annotations

from dataclasses import dataclass

import click

from protolabel.cli.option_records import F, with_record
from protolabel.cli.preview import preview_asked, with_preview
from protolabel.errors import InputError

_SAY_WHICH = "say which proposal becomes a class of which name: --accept P1 --name CLASS"


@dataclass(frozen=True, slots=True)
class ProposalDecision:
    """What a person decides about proposals: one becomes a class, or some are refused."""

    accept: str | None
    name: str | None
    description: str | None
    refused: tuple[str, ...]
    again: bool

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the proposals that it is about."""
        return self.refused if self.accept is None else (self.accept,)

    def require_whole(self) -> None:
        """Refuse options without the one that they need, or beside another one.

        Raises:
            InputError: as above.
        """
        if (self.accept is None) != (self.name is None):
            raise InputError(
                "--accept without --name" if self.name is None else "--name without --accept",
                expected="both, or none of them",
                remedy=_SAY_WHICH,
            )
        for used, option in ((self.description, "--description"), (preview_asked(), "--preview")):
            if used and self.accept is None:
                raise InputError(
                    f"{option} without --accept", expected="--accept with it", remedy=_SAY_WHICH
                )
        if self.accept is not None and self.refused:
            raise InputError(
                "--accept with --refuse",
                expected="one of them",
                remedy="leave one out: what is accepted is not refused",
            )  # fmt: skip
        if self.again and self.keys:
            raise InputError(
                f"--reconsider with {'--accept' if self.accept is not None else '--refuse'}",
                expected="one of them",
                remedy="take back all refusals first, and see what is listed: protolabel discover "
                "SPACE --reconsider",
            )


def proposal_decision_flags(function: F) -> F:
    """Add the options about a decision, as one argument ``decision``."""
    options = [
        click.option("--accept", metavar="KEY", help="Make this proposal a class; needs --name."),
        click.option("--name", metavar="CLASS", help="The name of the class."),
        click.option("--description", metavar="TEXT", help="What the class is, in words."),
        with_preview,
        click.option(
            "--refuse",
            "refused",
            multiple=True,
            metavar="KEY",
            help="Never propose this again; repeatable.",
        ),
        click.option(
            "--reconsider", "again", is_flag=True, help="Take back all refusals, and list again."
        ),
    ]
    return with_record(function, "decision", ProposalDecision, options)
