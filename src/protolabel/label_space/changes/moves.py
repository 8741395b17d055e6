"""Changes of the place of examples: move them to another class, or remove them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from protolabel.arguments import require_flag
from protolabel.label_space.changes.contradictions import note_withdrawn, withdraw_negatives
from protolabel.label_space.changes.document_decisions import (
    LabelsByKey,
    by_document,
    clean_decisions,
    detail_of,
    fields_of,
)
from protolabel.label_space.changes.equal_examples import (
    content_key,
    examples_with,
    items_like,
    move_once,
    words_of_ends,
)
from protolabel.label_space.changes.labels import Relabelling
from protolabel.label_space.changes.request import (
    ChangeRequest,
    Material,
    Needs,
    NothingToChangeError,
)
from protolabel.label_space.changes.rows import (
    LISTED,
    distinct_strings,
    ensure_class,
    listed,
    note_near,
    require_examples,
)
from protolabel.label_space.person_statements.corrected_answers import (
    note_labels_of_examples,
    note_removed,
    noted_labels_of_examples,
)
from protolabel.label_space.stored_items.indexes import Indexes
from protolabel.label_space.view import View
from protolabel.names import clean_name
from protolabel.store import ExampleRow, Store, Writing
from protolabel.words.quantity import quantity


@dataclass(frozen=True)
class Move(ChangeRequest):
    """Give examples to another class, which is made if it is not there.

    A document that comes stands there once: its further copies end, and all of them do where one
    stands there already. ``copies``: the examples that are equal to those go along, whatever their
    classes.
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

    @property
    def reads_answers(self) -> bool:
        """Whether it concerns documents that were answered: each example may be one."""
        return True

    def note_answers(self, store: Store, change: int | None) -> None:
        """Give remembered documents that were moved their new label."""
        note_labels_of_examples(store, self._labels, change, others_stay=not self.copies)

    def decides_anew(self, store: Store) -> bool:
        """Return whether a remembered document gets another label than it had."""
        noted = noted_labels_of_examples(store, self._labels, others_stay=not self.copies)
        return noted.alters(store)

    @property
    def _labels(self) -> dict[str, list[str]]:
        """The class of each example."""
        return {name: [self.to] for name in self.ids}

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
        else:
            others = [row for row in rows if row.class_key != target]
            withdrawn, contents = self._settle(writing, others, target, indexes)
            moves, ends = move_once(writing, others, target, contents)
            relabelling.moved += moves
            relabelling.removed += ends
        moves, ends = relabelling.moved, relabelling.removed
        if not moves and not ends:
            stand = "it stands" if len(self.ids) == 1 else "they stand"
            raise NothingToChangeError(
                f"nothing to move: {stand} under {self.to!r} already",
                {},
                f"corrected to {self.to!r}: no example changed",
            )
        parts = [f"moved {listed(moves, 'example')} to {self.to!r}"] if moves else []
        writing.summary = "; ".join(filter(None, (*parts, words_of_ends(ends, self.to))))
        writing.detail = {"examples": moves[:LISTED], "to": self.to}
        writing.detail |= {"removed": ends[:LISTED]} if ends else {}
        note_withdrawn(writing, withdrawn)
        note_near(writing, indexes, [self.to] if is_new else [])

    @staticmethod
    def _settle(
        writing: Writing, rows: Sequence[ExampleRow], target: int, indexes: Indexes
    ) -> tuple[list[str], set[Hashable]]:
        """End the negative examples that the moves contradict.

        Returns:
            their ids, and which of the documents stand under the class already.
        """
        withdrawals, contents = list[str](), set[Hashable]()
        label = writing.rows.class_with_key(target, writing.version).name
        for content, row in {content_key(row): row for row in rows}.items():
            items = items_like(writing, row, indexes)
            withdrawals += withdraw_negatives(writing, items, target)
            living = writing.rows.examples_of_items(items, writing.version)
            if any(name == label for members in living.values() for _, name in members):
                contents.add(content)
        return withdrawals, contents


@dataclass(frozen=True)
class Remove(ChangeRequest):
    """Remove examples, or negative ones: they count no longer. The history keeps them.

    Attributes:
        ids: of the examples.
        taken_back: the classes that documents are not of any more, by their keys; empty: those
            that the examples came from. Then there need be no example.
    """

    kind: ClassVar[str] = "remove"
    ids: Sequence[str]
    taken_back: LabelsByKey = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "taken_back", clean_decisions(self.taken_back))
        object.__setattr__(self, "ids", distinct_strings(self.ids, "example ids"))

    @property
    def reads_answers(self) -> bool:
        """Whether it concerns documents that were answered: each example may be one."""
        return True

    def note_answers(self, store: Store, change: int | None) -> None:
        """End what people decided by these examples, or on these documents."""
        if change is not None or self.taken_back:
            note_removed(store, self.ids, change, by_document(self.taken_back))

    def decides_anew(self, store: Store) -> bool:
        """Return whether documents are named of which a decision is taken back."""
        return bool(self.taken_back)

    def to_dict(self) -> dict[str, object]:
        """Return the request as JSON can hold it."""
        record = {"kind": self.kind, "ids": list(self.ids)}
        return record | fields_of(self.taken_back, "taken_back")

    def write(self, writing: Writing, material: Material, indexes: Indexes) -> None:
        """End each."""
        detail = detail_of(self.taken_back, "taken_back")
        if self.taken_back and not self.ids:
            n = quantity(len(self.taken_back), "document")
            words = f"took back what was decided on {n}; no example changed"
            raise NothingToChangeError("nothing to remove", detail, words)
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
        writing.detail |= detail
