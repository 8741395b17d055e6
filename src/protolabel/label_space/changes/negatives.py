"""Negative examples in changes: a document that is not of a class, and what contradicts it.

The later statement holds. Who says that a document is not of a class ends the equal examples of
that class; who makes it an example of the class ends the equal negative ones. Merges and splits
keep what follows from what was said.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Self

from protolabel.arrays import Floats
from protolabel.equality import text_digest
from protolabel.errors import InputError
from protolabel.label_space.changes.equal_examples import examples_with
from protolabel.label_space.changes.example_records import (
    clean_examples,
    example_fields,
    example_from_fields,
)
from protolabel.label_space.changes.request import (
    ChangeRequest,
    Material,
    Needs,
    NothingToChangeError,
)
from protolabel.label_space.changes.rows import LISTED, listed, require_class
from protolabel.label_space.indexes import Indexes
from protolabel.label_space.known_documents import equal_items, example_digest
from protolabel.label_space.lookup import taken_id
from protolabel.label_space.view import View
from protolabel.quantity import quantity
from protolabel.store import ClassRow, ExampleRow, Writing
from protolabel.types import Example


@dataclass(slots=True)
class Refuted:
    """What became of documents that are not of a class.

    added: ids of negative examples. removed: ids of the equal examples of these classes. repeated:
    how many were negative examples already.
    """

    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    repeated: int = 0
    classes: dict[str, None] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """What was done, in words; empty where nothing was."""
        parts = [f"added {quantity(len(self.added), 'negative example')}"] if self.added else []
        parts += [f"removed {quantity(len(self.removed), 'example')}"] if self.removed else []
        return " and ".join(parts) + (f" (not {listed(list(self.classes))})" if parts else "")


@dataclass(frozen=True)
class Refute(ChangeRequest):
    """Documents, each with a class that it is not of; what it is, nobody has to know.

    An equal example of that class ends. The class must be there.
    """

    kind: ClassVar[str] = "refute"
    examples: Sequence[Example]

    def __post_init__(self) -> None:
        examples = clean_examples(self.examples, "no documents")
        positive = [example for example in examples if not example.negative]
        if positive:
            raise InputError(
                f"an example of {positive[0].label!r} among documents that are not of a class",
                expected="negative examples, Example(label, text, negative=True); correct() says "
                "which class a document has",
            )
        object.__setattr__(self, "examples", examples)

    def needs(self, view: View) -> Needs:
        """Return the documents."""
        return Needs(documents=tuple(self.examples))

    def write(self, writing: Writing, material: Material, indexes: Indexes) -> None:
        """Add the negative examples that are not here, and end examples that contradict them."""
        assert material.documents is not None
        same = equal_items(writing, self.examples, material.documents, indexes.texts)
        outcome = write_negatives(writing, self.examples, material.documents, same)
        if not outcome.words:
            raise NothingToChangeError(
                "nothing to refute: it is so already", {"known": outcome.repeated}
            )
        writing.summary = outcome.words
        writing.detail = {
            "negatives": outcome.added[:LISTED],
            "removed": outcome.removed[:LISTED],
            "classes": list(outcome.classes)[:LISTED],
            "known": outcome.repeated,
        }

    def to_dict(self) -> dict[str, object]:
        """Return the request as JSON can hold it: images as ``data:`` addresses."""
        return {"kind": self.kind, "examples": [example_fields(e) for e in self.examples]}

    @classmethod
    def from_dict(cls, values: Mapping[str, object]) -> Self:
        """Return the request of these fields. Raises InputError."""
        examples = values.get("examples")
        if set(values) != {"examples"} or not isinstance(examples, list):
            raise InputError("a change of kind 'refute'", expected='"examples", a list')
        return cls(tuple(example_from_fields(record) for record in examples))


def write_negatives(
    writing: Writing,
    examples: Sequence[Example],
    vectors: Floats,
    same: Sequence[Collection[int]],
) -> Refuted:
    """Write documents that are not of their classes, and end what contradicts them.

    Args:
        writing: the change.
        examples: negative ones; their classes must be there.
        vectors: (n, d), of the examples.
        same: the stored items that each is equal to.

    Raises:
        UnknownClassError: a class is not there.
        ClassError: a class is retired.
    """
    outcome = Refuted()
    classes: dict[str, ClassRow] = {}
    for label in dict.fromkeys(example.label for example in examples):
        classes[label] = require_class(writing, label)
    batch: set[tuple[str, int]] = set()
    for example, vector, items in zip(examples, vectors, same, strict=True):
        key, name = classes[example.label].key, classes[example.label].name
        digest = (example_digest(example, vector), key)
        stored = writing.rows.negatives_of_items(items, writing.version) if items else []
        for row, other in examples_with(writing, items):
            if other == name:
                writing.end_example(row)
                outcome.removed.append(row.id)
                outcome.classes[name] = None
        if digest in batch or any(row.class_key == key for row in stored):
            outcome.repeated += 1
            continue
        batch.add(digest)
        refuse_taken_id(writing, example)
        item = writing.item(example.text, vector, example.image)
        outcome.added.append(writing.add_negative(key, example.id, item, example.source))
        outcome.classes[name] = None
    return outcome


def refuse_contradictions(examples: Sequence[Example], vectors: Floats) -> None:
    """Raise InputError where one document is of a class and not of it, in one change."""
    statements: dict[tuple[str, str], Example] = {}
    for example, vector in zip(examples, vectors, strict=True):
        earlier = statements.setdefault((example_digest(example, vector), example.label), example)
        if earlier.negative != example.negative:
            raise InputError(
                f"one document that is {example.label!r} and is not: "
                f"{earlier.source or 'the first'} and {example.source or 'a later one'}",
                expected="one statement about a document and a class; remove the other one",
            )


def withdraw_negatives(writing: Writing, items: Collection[int], class_key: int) -> list[str]:
    """End the negative examples of a class that hold one of the items; return their ids."""
    rows = writing.rows.negatives_of_items(items, writing.version) if items else []
    ended = [row for row in rows if row.class_key == class_key]
    for row in ended:
        writing.end_negative(row)
    return [row.id for row in ended]


def withdrawn_by(
    writing: Writing, examples: Sequence[Example], same: Sequence[Collection[int]]
) -> list[str]:
    """End the negative examples that new examples of the same classes contradict.

    Args:
        writing: the change.
        examples: of classes that are there by now.
        same: the stored items that each is equal to.

    Returns:
        the ids of what ended.
    """
    ended: list[str] = []
    for example, items in zip(examples, same, strict=True):
        row = writing.rows.class_named(example.label, writing.version) if items else None
        if row is not None:
            ended += withdraw_negatives(writing, items, row.key)
    return ended


def note_withdrawn(writing: Writing, ended: Sequence[str]) -> None:
    """Say in the change which negative examples it has ended."""
    if ended:
        writing.detail["withdrawn"] = list(ended)[:LISTED]
        writing.summary += f"; ended {quantity(len(ended), 'negative example')} that said otherwise"


def merge_negatives(writing: Writing, merged: Collection[int], target: int) -> None:
    """Keep of merged classes what is not of any of them: the others may be of the new class.

    Args:
        writing: the change; the classes that end are still there.
        merged: keys of the classes that become one.
        target: key of the class that takes them in.
    """
    of_document: dict[object, dict[int, list[ExampleRow]]] = {}
    for key in merged:
        for row in writing.rows.negatives(writing.version, key):
            content = row.item if row.text is None else text_digest(row.text)
            of_document.setdefault(content, {}).setdefault(key, []).append(row)
    for rows in of_document.values():
        first, *others = [row for own in rows.values() for row in own]
        if len(rows) < len(set(merged)):
            others = [first, *others]
        elif first.class_key != target:
            writing.move_negative(first, target)
        for row in others:
            writing.end_negative(row)


def split_negatives(writing: Writing, whole: int, parts: Collection[int]) -> None:
    """Let what is not of a class not be of its parts either."""
    for row in writing.rows.negatives(writing.version, whole):
        for part in parts:
            writing.add_negative(part, "", row.item, row.source)


def refuse_taken_id(writing: Writing, example: Example) -> None:
    """Raise InputError for an id that an example has, or a negative one."""
    rows, version = writing.rows, writing.version
    if example.id and (
        rows.example_with_id(example.id, version) or rows.negative_with_id(example.id, version)
    ):
        raise taken_id(example)
