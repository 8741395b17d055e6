"""What a label space asks of a store about proposed classes. Names no database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from protolabel.arrays import Doubles

State = Literal["open", "gone", "refused", "accepted"]
ProposalMarks = Mapping[int, tuple[str, str, bytes]]  # state, time and digest by number


@dataclass(frozen=True, slots=True, eq=False)
class ProposalRow:
    """A proposed class.

    Attributes:
        number: its own for good: proposal 3 is P3.
        state: ``open``; ``gone`` where the newest grouping lacks it; or what a person said.
        at: since when, ISO 8601.
        encoding: number of the encoding that ``total`` is in.
        n: how many different documents it had.
        total: (d,) float64, the sum of their vectors.
        squares: sum of the squared lengths of these.
        members: the 16 bytes of documents, the first ones where they are many.
        record: JSON for people: words and exemplars, where they may be kept.
    """

    number: int
    state: State
    at: str
    encoding: int
    n: int
    total: Doubles
    squares: float
    members: frozenset[bytes]
    record: str


class ProposalTable(Protocol):
    """Keeps proposals, and what people said to them. No row is part of a version."""

    def rows(self) -> list[ProposalRow]:
        """Return all rows, oldest first."""

    def marks(self) -> ProposalMarks:
        """Return what differs once any row has changed."""

    def newest(self) -> int:
        """Return the highest number that a proposal ever had; 0 without any."""

    def replace_open(self, rows: Sequence[ProposalRow]) -> None:
        """Make these the open proposals; others that were open are gone, and keep their numbers."""

    def set_state(self, number: int, state: State, at: str, *, change: int | None = None) -> None:
        """Say what became of a proposal, by which change: the version that it made, or None."""

    def has_decisions(self) -> bool:
        """Return whether any change has a note of decisions on proposals, dropped or not."""

    def follow(self, ended: Sequence[int], renewed: Sequence[int]) -> None:
        """Make proposals what they were before changes that were undone; decide again after a redo.

        What was decided since stays. A decision that is made again has the time of that.

        Args:
            ended: versions whose changes are no longer in force, newest first.
            renewed: versions whose changes are in force again, oldest first.
        """

    def forget(
        self, documents: Collection[bytes] | None, replacements: Sequence[ProposalRow] = ()
    ) -> int:
        """Remove each proposal with one of these documents; None: all of them.

        Args:
            documents: that are forgotten.
            replacements: proposals without these documents, which take the places of theirs.

        Returns:
            How many were removed.
        """

    def drop_words(self) -> None:
        """Remove what was taken from texts."""
