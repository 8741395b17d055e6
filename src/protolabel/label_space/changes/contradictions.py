"""One document that is of a class and not of it: what ends then, and what is refused.

An example of a class is one of all the classes above it, so "not of a class" contradicts the
examples of that class and of all under it. The later statement holds: an example that is made ends
the equal negative ones on its way up, and so does a class that is put under another one.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Sequence

from protolabel.arrays import Floats
from protolabel.copies.equality import document_digest
from protolabel.errors import InputError
from protolabel.label_space.changes.equal_examples import content_key
from protolabel.label_space.changes.rows import LISTED
from protolabel.label_space.stored_items.lookup import class_named
from protolabel.store import ExampleRow, Writing
from protolabel.store.class_paths import family
from protolabel.types import Example
from protolabel.words.quantity import quantity


def classes_up(writing: Writing, key: int) -> list[int]:
    """Return the keys of a class and of all above it, the nearest first."""
    path: list[int] = []
    above: int | None = key
    while above is not None and above not in path:
        path.append(above)
        above = writing.rows.class_with_key(above, writing.version).parent
    return path


def refuse_contradictions(writing: Writing, examples: Sequence[Example], vectors: Floats) -> None:
    """Raise InputError where one document is of a class and not of it, in one change.

    Args:
        writing: the change; new classes and their places are there by now.
        examples: all that the change says of documents.
        vectors: (n, d), of the examples.
    """
    positive: dict[str, dict[str, Example]] = {}  # of each document the first of each label
    negative: dict[str, dict[str, Example]] = {}
    for example, vector in zip(examples, vectors, strict=True):
        side = negative if example.negative else positive
        digest = document_digest(example.text, example.image, vector)
        labels_of = side.setdefault(digest, {})
        labels_of.setdefault(example.label, example)
    for digest, refuted in negative.items():
        for example in positive.get(digest, {}).values():
            names = _names_up(writing, example.label)
            refutation = next((refuted[label] for label in refuted if label in names), None)
            if refutation is not None:
                above = refutation.label
                under = f", which stands under {above!r}," * (above != example.label)
                raise InputError(
                    f"one document that is {example.label!r}{under} and is not"
                    f"{f' {above!r}' * bool(under)}: "
                    f"{example.source or 'one example'} and {refutation.source or 'another one'}",
                    expected="one statement about a document and a class; remove the other one",
                )


def refuse_other_labels(copies: Iterable[tuple[Hashable, str, Collection[str]]]) -> None:
    """Raise InputError where copies of one document are given different classes.

    Args:
        copies: of each what all copies of the document have in common, its name, and its classes.
    """
    first: dict[Hashable, tuple[str, Collection[str]]] = {}
    for content, name, labels in copies:
        name_of_copy, labels_of_copy = first.setdefault(content, (name, labels))
        if set(labels_of_copy) != set(labels):
            raise InputError(
                f"one document with two decisions: {_words(labels_of_copy)} "
                f"({name_of_copy or 'first'}) and {_words(labels)} ({name or 'again'})",
                expected="the same classes for all copies of a document",
            )


def _words(labels: Collection[str]) -> str:
    return ", ".join(map(repr, dict.fromkeys(labels)))


def withdraw_negatives(writing: Writing, items: Collection[int], class_key: int) -> list[str]:
    """End what says that one of the items is not of a class, or of one above; return the ids."""
    rows = writing.rows.negatives_of_items(items, writing.version) if items else []
    path = classes_up(writing, class_key) if rows else []
    contrary = [row for row in rows if row.class_key in path]
    for row in contrary:
        writing.end_negative(row)
    return [row.id for row in contrary]


def withdrawn_by(
    writing: Writing, examples: Sequence[Example], items_by_example: Sequence[Collection[int]]
) -> list[str]:
    """End the negative examples that new examples contradict.

    Args:
        writing: the change.
        examples: of classes that are there by now, in their places.
        items_by_example: the stored items that each is equal to.

    Returns:
        the ids of what ended.
    """
    withdrawals: list[str] = []
    for example, items in zip(examples, items_by_example, strict=True):
        row = writing.rows.class_named(example.label, writing.version) if items else None
        if row is not None:
            withdrawals += withdraw_negatives(writing, items, row.key)
    return withdrawals


def withdrawn_by_places(writing: Writing, moves: Collection[int]) -> list[str]:
    """End the negative examples of classes that have examples equal to them under them now.

    Args:
        writing: the change.
        moves: keys of the classes that have another place, or other examples, than before.

    Returns:
        the ids of what ended.
    """
    paths = {key: classes_up(writing, key) for key in moves}
    negatives = {
        key: rows
        for key in {key for path in paths.values() for key in path}
        if (rows := writing.rows.negatives(writing.version, key))
    }
    contrary: dict[str, ExampleRow] = {}
    parents = writing.rows.class_parents(writing.version) if negatives else {}
    for key in family(parents, moves) if negatives else ():
        refuted = [row for above in classes_up(writing, key) for row in negatives.get(above, ())]
        if refuted:
            contents = set(map(content_key, writing.rows.examples(key, writing.version)))
            contrary |= {row.id: row for row in refuted if content_key(row) in contents}
    for row in contrary.values():
        writing.end_negative(row)
    return list(contrary)


def note_withdrawn(writing: Writing, withdrawals: Sequence[str]) -> None:
    """Say in the change which negative examples it has ended."""
    if withdrawals:
        writing.detail["withdrawn"] = list(withdrawals)[:LISTED]
        writing.summary += (
            f"; ended {quantity(len(withdrawals), 'negative example')} that said otherwise"
        )


def _names_up(writing: Writing, label: str) -> set[str]:
    """Return the names of a class and of all above it; of one that is not there its own."""
    row = class_named(writing.rows, label, writing.version)
    keys = classes_up(writing, row.key) if row is not None else []
    return {label, *(writing.rows.class_with_key(key, writing.version).name for key in keys)}
