"""Changes of the place of examples: move them to another class, or remove them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from protolabel.arguments import require_flag
from protolabel.label_space.changes.contradictions import note_withdrawn, withdraw_negatives
from protolabel.label_space.changes.equal_examples import examples_with, items_like
from protolabel.label_space.changes.labels import Relabelling
from protolabel.label_space.changes.request import (
    ChangeRequest,
    Material,
    Needs,
    NothingToChangeError,
    distinct_strings,
)
from protolabel.label_space.changes.rows import (
    LISTED,
    ensure_class,
    listed,
    move_one,
    note_near,
    require_examples,
)
from protolabel.label_space.indexes import Indexes
from protolabel.label_space.view import View
from protolabel.names import clean_name
from protolabel.store import Writing


@dataclass(frozen=True)
class Move(ChangeRequest):
    """Give examples to another class, which is made if it is not there.

    ``copies``: the examples that are equal to them go along, whatever their classes. A document
    then stands there once: its further copies end, and all of them do where one stands there.
    """

    kind: ClassVar[str] = "move"
    ids: Sequence[str]
    to: str
    copies: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "ids", distinct_strings(self.ids, "example ids"))
        object.__setattr__(self, "to", clean_name(self.to))
        require_flag(self.copies, "copies")

    def needs(self, view: View) -> Needs:
        """Return the name of the class that may be new."""
        return Needs(names=(self.to,))

    def write(self, writing: Writing, material: Material, indexes: Indexes) -> None:
        """Move each; end the copies that would stand there a second time."""
        target, is_new = ensure_class(writing, self.to, material)
        rows = require_examples(writing, self.ids)
        relabelling = Relabelling()
        withdrawn: list[str] = []
        if self.copies:
            for row in rows:
                items = items_like(writing, row, indexes)
                copies = examples_with(writing, items)
                copies.sort(key=lambda pair: pair[0].key != row.key)  # the named one moves first
                relabelling.settle(writing, copies, [self.to], material)
                withdrawn += withdraw_negatives(writing, items, target)
        for row in () if self.copies else rows:
            if row.class_key != target:
                items = items_like(writing, row, indexes)
                withdrawn += withdraw_negatives(writing, items, target)
                move_one(writing, row, target)
                relabelling.moved.append(row.id)
        moves, ends = relabelling.moved, relabelling.removed
        if not moves and not ends:
            raise NothingToChangeError(f"nothing to move: it stands under {self.to!r} already", {})
        parts = [f"moved {listed(moves, 'example')} to {self.to!r}"] if moves else []
        parts += [f"removed {listed(ends, 'example')}: {self.to!r} has a copy"] if ends else []
        writing.summary = "; ".join(parts)
        writing.detail = {"examples": moves[:LISTED], "to": self.to}
        writing.detail |= {"removed": ends[:LISTED]} if ends else {}
        note_withdrawn(writing, withdrawn)
        note_near(writing, indexes, [self.to] if is_new else [])


@dataclass(frozen=True)
class Remove(ChangeRequest):
    """Remove examples, or negative ones: they count no longer. The history keeps them."""

    kind: ClassVar[str] = "remove"
    ids: Sequence[str]

    def __post_init__(self) -> None:
        object.__setattr__(self, "ids", distinct_strings(self.ids, "example ids"))

    def write(self, writing: Writing, material: Material, indexes: Indexes) -> None:
        """End each."""
        by_id = {id_: writing.rows.negative_with_id(id_, writing.version) for id_ in self.ids}
        negatives = [row for row in by_id.values() if row is not None]
        example_ids = [id_ for id_, row in by_id.items() if row is None]
        rows = require_examples(writing, example_ids) if example_ids or not negatives else []
        for row in rows:
            writing.end_example(row)
        for row in negatives:
            writing.end_negative(row)
        ids, refuted = [row.id for row in rows], [row.id for row in negatives]
        parts = [listed(ids, "example")] if ids else []
        parts += [listed(refuted, "negative example")] if refuted else []
        writing.summary = f"removed {' and '.join(parts)}"
        writing.detail = {"examples": ids[:LISTED]}
        writing.detail |= {"negatives": refuted[:LISTED]} if refuted else {}
