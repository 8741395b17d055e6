"""The answers that earlier runs left in a file: which documents they are of, and which still hold.

It keeps a few numbers a line, and no text: docs/many-machines.md has the bytes. It reads and writes
no file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from protolabel.identity.document_key import KEY_BYTES, NOWHERE, SOURCE_BYTES, Place

if TYPE_CHECKING:
    from protolabel.label_space.view import View

Again = Literal["declined", "changed", "all"]
HEADS = ("", "prototypes", "refined")


class AnsweredBy(NamedTuple):
    """What gave an answer.

    ``version``: of the label space. ``head``: which weights ranked the classes, ``prototypes`` or
    ``refined``; empty in answers of earlier programs, which do not say it.
    """

    version: int
    head: str = ""

    @classmethod
    def of(cls, view: View) -> AnsweredBy:
        """Return what a view answers by."""
        return cls(view.version, view.head.head)

    def may_differ(self, other: AnsweredBy) -> bool:
        """Return whether the two may answer otherwise."""
        heads = {self.head, other.head} - {""}
        return self.version != other.version or len(heads) > 1


@dataclass(frozen=True, slots=True)
class Earlier:
    """An answer of an earlier run.

    ``by``: what gave it. ``moved_line``: the number of its line where the document has another
    number in its table or mailbox now.
    """

    declined: bool
    by: AnsweredBy
    moved_line: int | None = None


def is_due_again(earlier: Earlier, scope: Again | None, by: AnsweredBy) -> bool:
    """Return whether an answer is to be made anew; ``by``: what would give it now."""
    return (
        scope == "all"
        or (scope == "declined" and earlier.declined)
        or (scope == "changed" and earlier.by.may_differ(by))
    )


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """What a line of a file of answers says of its document.

    ``key``: of place and content. ``source``: the digest of its source (:func:`source_digest`).
    """

    key: bytes
    place: Place
    source: bytes
    declined: bool
    by: AnsweredBy


@dataclass(frozen=True, slots=True)
class Claim:
    """A document for which an answer is looked up.

    Attributes:
        keys: its key, then those that it had in lines of an earlier program.
        place: its place as a line would tell it; ``NOWHERE`` for one of a mailbox, whose number
            says nothing about the others.
        source: the digest of its source; empty where its name has no number that may change.
        table: the digest of the source of the table that it is a row of; empty outside of one.
    """

    keys: Sequence[bytes]
    place: Place
    source: bytes = b""
    table: bytes = b""


_KEY = np.dtype(f"V{KEY_BYTES}")
_SOURCE = np.dtype(f"V{SOURCE_BYTES}")
_LINE = np.dtype(
    [
        ("key", _KEY), ("place", _KEY), ("source", _SOURCE),
        ("own", "?"), ("declined", "?"), ("version", "<i8"), ("head", "i1"),
    ]
)  # fmt: skip


class EarlierAnswers:
    """The lines of a file of answers, by document and by place."""

    def __init__(self, lines: Iterable[AnswerLine], is_whole: Callable[[bytes], bool]) -> None:
        """Read the lines one at a time: none is kept as an object.

        ``is_whole``: returns whether the table of a digest was read to its end, without a fault.
        """
        self._is_whole = is_whole
        rows = (
            (a.key, a.place.digest, a.source, a.place.own, a.declined, a.by.version, _head(a.by))
            for a in lines
        )
        self._lines = np.fromiter(rows, dtype=_LINE)
        self._order = np.argsort(self._lines["key"], kind="stable")
        self._keys, self._nexts, counts = np.unique(
            self._lines["key"][self._order], return_index=True, return_counts=True
        )
        self._ends = self._nexts + counts
        self._place_order = np.argsort(self._lines["place"], kind="stable")
        self._places = self._lines["place"][self._place_order]
        self._claimed = np.zeros(len(self._lines), np.bool_)
        # By table: lines in whose place another document stands now. Once the table is read to its
        # end, those that nothing has claimed hold no longer. A file is a document by itself.
        self._same_place: dict[bytes, set[int]] = {}
        self._pending: dict[bytes, list[int]] = {}  # lines that are to be made anew
        self._remade: set[int] = set()

    def __len__(self) -> int:
        return len(self._lines)

    def claim(self, claim: Claim, scope: Again | None, by: AnsweredBy) -> Earlier | None:
        """Return the answer to a document; None if it is due.

        Each answer counts for one document. Of three equal documents and two answers, the third is
        still to be answered.

        Args:
            claim: the document.
            scope: which answers are made anew; ``changed`` are those of another version, or ranked
                by other weights.
            by: what answers now.
        """
        line = next((n for key in claim.keys if (n := self._take(key)) is not None), None)
        if line is None:
            return None
        self._claimed[line] = True
        self._stands_at(claim.place, claim.table)
        row = self._lines[line]
        has_moved = bool(claim.source) and row["source"].tobytes() != claim.source
        given_by = AnsweredBy(int(row["version"]), HEADS[row["head"]])
        earlier = Earlier(bool(row["declined"]), given_by, line if has_moved else None)
        if is_due_again(earlier, scope, by):
            self._pending.setdefault(claim.keys[0], []).append(line)
            return None
        return earlier

    def _take(self, key: bytes) -> int | None:
        """Return the first line of that key which counts for no other document, and take it."""
        row = np.frombuffer(key, dtype=_KEY)[0]
        at = int(np.searchsorted(self._keys, row))
        if at == len(self._keys) or self._keys[at] != row or self._nexts[at] == self._ends[at]:
            return None
        line = int(self._order[self._nexts[at]])
        self._nexts[at] += 1
        return line

    def note_answer(self, key: bytes, place: Place, table: bytes = b"") -> None:
        """Take note of a new answer to a document of that key, place and table: see ``Claim``."""
        if self._pending.get(key):
            self._remade.add(self._pending[key].pop())
        self._stands_at(place, table)

    def _stands_at(self, place: Place, table: bytes) -> None:
        """Take note that a document stands at a place now; other answers there are of others."""
        if place.digest == NOWHERE.digest:
            return
        digest = np.frombuffer(place.digest, dtype=_KEY)[0]
        start, stop = (int(np.searchsorted(self._places, digest, side)) for side in _SIDES)
        lines = self._place_order[start:stop]
        others = lines[~self._claimed[lines]].tolist()
        if others:
            self._same_place.setdefault(table, set()).update(others)

    def _outdated_lines(self) -> list[int]:
        """Return the lines of documents in whose place another one was met, and which are gone."""
        whole = filter(self._is_whole, self._same_place)
        lines = set[int]().union(*(self._same_place[table] for table in whole))
        return [line for line in sorted(lines) if not self._claimed[line]]

    @property
    def are_all_claimed(self) -> bool:
        """Whether each answer is of a document that was met."""
        return bool(self._claimed.all())

    def is_claimed(self, line: int) -> bool:
        """Return whether the document of a line was met."""
        return bool(self._claimed[line])

    def replaced(self) -> set[int]:
        """Return the lines that hold no longer: made anew, or of what a document held before."""
        return self._remade | {line for line in self._outdated_lines() if self._lines["own"][line]}

    @property
    def n_changed(self) -> int:
        """How many documents had changed, so that their earlier answers hold no longer."""
        return int(self._lines["own"][self._outdated_lines()].sum())

    @property
    def n_undecided(self) -> int:
        """How many rows without an id stand where another text was answered: both answers stay."""
        return len(self._outdated_lines()) - self.n_changed


def _head(by: AnsweredBy) -> int:
    return HEADS.index(by.head) if by.head in HEADS else 0


_SIDES: tuple[Literal["left", "right"], ...] = ("left", "right")
