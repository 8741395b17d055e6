"""The labels of one document that may have several: those that it is to have, and no others.

``Relabel`` names an example of the document. ``corrections`` does the same for documents that are
read again. Both move what stands under a wrong label to one that is missing, so that ids stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from protolabel.columns.label_lists import labels_of_one
from protolabel.errors import InputError
from protolabel.label_space.changes.contradictions import note_withdrawn, withdraw_negatives
from protolabel.label_space.changes.equal_examples import examples_with, items_like
from protolabel.label_space.changes.request import (
    ChangeRequest,
    Material,
    Needs,
    NothingToChangeError,
)
from protolabel.label_space.changes.rows import (
    distinct_strings,
    ensure_class,
    listed,
    note_near,
    require_examples,
)
from protolabel.label_space.configuration.stored_settings import settings_of
from protolabel.label_space.person_statements.corrected_answers import (
    note_labels_of_examples,
    noted_labels_of_examples,
)
from protolabel.label_space.stored_items.indexes import Indexes
from protolabel.label_space.view import View
from protolabel.names import clean_name
from protolabel.store import ExampleRow, Store, Writing
from protolabel.words.quantity import quantity


@dataclass(slots=True)
class Relabelling:
    """What became of the examples of documents: ids that were moved, removed and added."""

    moved: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)  # classes

    @property
    def words(self) -> str:
        """What was done, in words; empty where nothing was."""
        parts = [("moved", self.moved), ("added", self.added), ("removed", self.removed)]
        done = [f"{verb} {quantity(len(ids), 'example')}" for verb, ids in parts if ids]
        return " and ".join(done)

    def settle(
        self,
        writing: Writing,
        stored: Sequence[tuple[ExampleRow, str]],
        labels: Sequence[str],
        material: Material,
    ) -> list[str]:
        """Move and end the examples of a document, and return the labels that it lacks then.

        Args:
            writing: the change.
            stored: its living examples, each with the name of its class.
            labels: those that it is to have.
            material: has the vectors of the names of classes.
        """
        present = {label for _, label in stored}
        lacking = [label for label in labels if label not in present]
        for row, label in stored:
            if label in labels:
                continue
            if lacking:
                target, is_new = ensure_class(writing, name := lacking.pop(0), material)
                writing.move_example(row, target)
                self.moved.append(row.id)
                self.new += [name] if is_new else []
            else:
                writing.end_example(row)
                self.removed.append(row.id)
        return lacking


@dataclass(frozen=True)
class Relabel(ChangeRequest):
    """Give the document of an example these labels, and no others. ``id``: of the example."""

    kind: ClassVar[str] = "relabel"
    id: str
    labels: Sequence[str]

    def __post_init__(self) -> None:
        labels = tuple(clean_name(label) for label in distinct_strings(self.labels, "labels"))
        if not labels:
            raise InputError("no label", expected="one label or more")
        object.__setattr__(self, "labels", tuple(dict.fromkeys(labels)))

    def needs(self, view: View) -> Needs:
        """Return the names of classes that may be new."""
        return Needs(names=tuple(self.labels))

    @property
    def reads_answers(self) -> bool:
        """Whether it concerns documents that were answered: the example may be one."""
        return True

    def note_answers(self, store: Store, change: int | None) -> None:
        """Give the remembered document the labels that it has."""
        note_labels_of_examples(store, {self.id: self.labels}, change)

    def decides_anew(self, store: Store) -> bool:
        """Return whether the remembered document gets other labels than it had."""
        return noted_labels_of_examples(store, {self.id: self.labels}).alters(store)

    def write(self, writing: Writing, material: Material, indexes: Indexes) -> None:
        """Move, add and end examples of the document."""
        (row,) = require_examples(writing, [self.id], of_documents=True)
        n, settings = len(self.labels), settings_of(writing.rows, writing.version)
        if n > 1 and not settings.several:
            labels_of_one(self.labels, f"{quantity(n, 'label')} for one document", several=False)
        items = items_like(writing, row, indexes)
        stored = examples_with(writing, items)
        relabelling = Relabelling()
        for label in relabelling.settle(writing, stored, self.labels, material):
            target, is_new = ensure_class(writing, label, material)
            relabelling.added.append(writing.add_example(target, "", row.item, row.source))
            relabelling.new += [label] if is_new else []
        if not relabelling.words:
            words = f"corrected to {listed(self.labels)}: no example changed"
            raise NothingToChangeError("nothing to correct: it is so already", {"known": 1}, words)
        classes = [writing.rows.class_named(label, writing.version) for label in self.labels]
        keys = [row.key for row in classes if row is not None]  # it is: all are there by now
        withdrawals = [id_ for key in keys for id_ in withdraw_negatives(writing, items, key)]
        writing.summary = f"corrected to {listed(self.labels)}: {relabelling.words}"
        writing.detail = {
            "moved": relabelling.moved,
            "examples": relabelling.added,
            "removed": relabelling.removed,
            "classes": list(self.labels),
        }
        note_near(writing, indexes, relabelling.new)
        note_withdrawn(writing, withdrawals)
