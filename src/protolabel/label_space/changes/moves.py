"""Changes of the place of examples: move them to another class, or remove them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from protolabel.arguments import require_flag
from protolabel.label_space.changes.contradictions import note_withdrawn, withdraw_negatives
from protolabel.label_space.changes.equal_examples import examples_with, items_like
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

    ``copies``: the examples that are equal to them go along, whatever their classes.
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
        """Move each."""
        target, is_new = ensure_class(writing, self.to, material)
        rows = require_examples(writing, self.ids)
        if self.copies:
            items = {item for row in rows for item in items_like(writing, row, indexes)}
            rows = [row for row, _ in examples_with(writing, items)]
        rows = [row for row in rows if row.class_key != target]
        if not rows:
            raise NothingToChangeError(f"nothing to move: it stands under {self.to!r} already", {})
        ended: list[str] = []
        for row in rows:
            ended += withdraw_negatives(writing, items_like(writing, row, indexes), target)
            move_one(writing, row, target)
        ids = [row.id for row in rows]
        writing.summary = f"moved {listed(ids, 'example')} to {self.to!r}"
        writing.detail = {"examples": ids[:LISTED], "to": self.to}
        note_withdrawn(writing, ended)
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
