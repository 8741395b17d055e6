"""Negative examples in changes: a document that is not of a class, nor of the classes under it.

A new one ends the equal examples of these classes; ``contradictions`` has the other direction.
Splits keep the negative examples; ``negatives_of_places`` keeps them in merges and other places.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from protolabel.arrays import Floats
from protolabel.copies.equality import document_digest
from protolabel.errors import InputError
from protolabel.label_space.changes.contradictions import classes_up
from protolabel.label_space.changes.document_decisions import (
    LabelsByKey,
    by_document,
    clean_decisions,
    detail_of,
    fields_of,
)
from protolabel.label_space.changes.equal_examples import examples_with
from protolabel.label_space.changes.example_records import (
    ExamplesRequest,
    clean_examples,
    words_of_refusals,
)
from protolabel.label_space.changes.request import Material, NothingToChangeError
from protolabel.label_space.changes.rows import LISTED, listed, require_class
from protolabel.label_space.person_statements.corrected_answers import note_refused, noted_refusals
from protolabel.label_space.person_statements.statements import Statements
from protolabel.label_space.stored_items.indexes import Indexes
from protolabel.label_space.stored_items.known_documents import equal_items
from protolabel.label_space.stored_items.lookup import taken_id
from protolabel.store import ClassRow, Store, Writing
from protolabel.types import Example
from protolabel.words.quantity import quantity


@dataclass(slots=True)
class Refutation:
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
        return f"{self.counts} (not {listed(list(self.classes))})" if self.counts else ""

    @property
    def counts(self) -> str:
        """How many examples were added and removed; empty where none was."""
        parts = [f"added {quantity(len(self.added), 'negative example')}"] if self.added else []
        parts += [f"removed {quantity(len(self.removed), 'example')}"] if self.removed else []
        return " and ".join(parts)


@dataclass(frozen=True)
class Refute(ExamplesRequest):
    """Documents, each with a class that it is not of; what it is, nobody has to know.

    An equal example of that class, or of one under it, ends. The class must be there.

    Attributes:
        examples: the documents, as negative examples.
        decisions: the classes that remembered parts of mails are not of, by their keys.
    """

    kind: ClassVar[str] = "refute"
    examples: Sequence[Example]
    decisions: LabelsByKey = field(default_factory=dict)

    def __post_init__(self) -> None:
        is_decision = bool(self.decisions) and not self.examples
        examples = () if is_decision else clean_examples(self.examples, "no documents")
        positive = [example for example in examples if not example.negative]
        if positive:
            raise InputError(
                f"an example of {positive[0].label!r} among documents that are not of a class",
                expected="negative examples, Example(label, text, negative=True); correct() says "
                "which class a document has",
            )
        object.__setattr__(self, "examples", examples)
        object.__setattr__(self, "decisions", clean_decisions(self.decisions))

    def note_answers(self, store: Store, change: int | None) -> None:
        """Refuse for remembered documents the classes that they are not of."""
        note_refused(
            store, Statements.of_negatives(self.examples), change, by_document(self.decisions)
        )

    def decides_anew(self, store: Store) -> bool:
        """Return whether a class is refused for a document for which it was not."""
        statements = Statements.of_negatives(self.examples)
        return noted_refusals(store, statements, by_document(self.decisions)).alters(store)

    def to_dict(self) -> dict[str, object]:
        """Return the request as JSON can hold it: images as ``data:`` addresses."""
        return super().to_dict() | fields_of(self.decisions)

    def write(self, writing: Writing, material: Material, indexes: Indexes) -> None:
        """Add the negative examples that are not here, and end examples that contradict them."""
        refutation = Refutation()
        if self.examples:
            items_by_example = equal_items(writing, self.examples, material.vectors, indexes.texts)
            vectors = material.vectors
            refutation = write_negatives(writing, self.examples, vectors, items_by_example)
        if not refutation.words:
            labels = dict.fromkeys(label for of in self.decisions.values() for label in of)
            labels |= dict.fromkeys(one.label for one in self.examples)
            names = [require_class(writing, label).name for label in labels]
            raise NothingToChangeError(
                "nothing to refute: it is so already",
                {"known": refutation.repeated} | detail_of(self.decisions),
                words_of_refusals(names),
            )
        writing.summary = refutation.words
        writing.detail = {
            "negatives": refutation.added[:LISTED],
            "removed": refutation.removed[:LISTED],
            "classes": list(refutation.classes)[:LISTED],
            "known": refutation.repeated,
        } | detail_of(self.decisions)
        n = _n_of_none(writing, self.examples, material) if self.examples else 0
        if n > 1:
            documents = quantity(n, "document belongs", "documents belong")
            writing.summary = f"{documents} to none of the classes: {refutation.counts}"
            writing.detail["none"] = n


def _n_of_none(writing: Writing, examples: Sequence[Example], material: Material) -> int:
    """Return how many documents are refused for all classes; 0 where one of them is not.

    Where there is a single class, that class was meant.
    """
    refused: dict[str, set[int]] = {}
    for example, vector in zip(examples, material.vectors, strict=True):
        digest = document_digest(example.text, example.image, vector)
        refused.setdefault(digest, set()).add(require_class(writing, example.label).key)
    keys = {row.key for row in writing.rows.classes(writing.version) if not row.retired}
    return len(refused) if len(keys) > 1 and all(keys <= one for one in refused.values()) else 0


def write_negatives(
    writing: Writing,
    examples: Sequence[Example],
    vectors: Floats,
    items_by_example: Sequence[Collection[int]],
    *,
    skip_known: bool = False,
) -> Refutation:
    """Write documents that are not of their classes, and end what contradicts them.

    Args:
        writing: the change.
        examples: negative ones; their classes must be there.
        vectors: (n, d), of the examples.
        items_by_example: the stored items that each is equal to.
        skip_known: whether those that are here already are left out, which an error says.

    Raises:
        UnknownClassError: a class is not there.
        ClassError: a class is retired.
    """
    refutation = Refutation()
    classes: dict[str, ClassRow] = {}
    for label in dict.fromkeys(example.label for example in examples):
        classes[label] = require_class(writing, label)
    batch: set[tuple[str, int]] = set()
    for example, vector, items in zip(examples, vectors, items_by_example, strict=True):
        key, name = classes[example.label].key, classes[example.label].name
        digest = (document_digest(example.text, example.image, vector), key)
        if digest in batch:
            refutation.repeated += 1
            continue
        batch.add(digest)
        stored = writing.rows.negatives_of_items(items, writing.version) if items else []
        for row, _ in examples_with(writing, items):
            if key in classes_up(writing, row.class_key):
                writing.end_example(row)
                refutation.removed.append(row.id)
                refutation.classes[name] = None
        if any(row.class_key == key for row in stored):
            refutation.repeated += 1
            continue
        refuse_taken_id(writing, example, skip_known=skip_known)
        item = writing.item(example.text, vector, example.image)
        refutation.added.append(writing.add_negative(key, example.id, item, example.source))
        refutation.classes[name] = None
    return refutation


def split_negatives(writing: Writing, whole: int, parts: Collection[int]) -> None:
    """Give each part of a split class the negative examples of that class."""
    for row in writing.rows.negatives(writing.version, whole):
        for part in parts:
            writing.add_negative(part, "", row.item, row.source)


def refuse_taken_id(writing: Writing, example: Example, *, skip_known: bool) -> None:
    """Raise InputError for an id that an example has, or a negative one.

    ``skip_known``: as of :func:`taken_id`.
    """
    rows, version = writing.rows, writing.version
    if example.id and (
        rows.example_with_id(example.id, version) or rows.negative_with_id(example.id, version)
    ):
        raise taken_id(example, skip_known=skip_known)
