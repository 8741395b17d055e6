"""The living examples of one document: an example, and all that are equal to it, in any class.

A statement about the class of one of them holds for all of them, whichever one it names.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Sequence

from protolabel.copies.equality import text_digest
from protolabel.label_space.changes.rows import listed
from protolabel.label_space.stored_items.indexes import Indexes
from protolabel.store import ExampleRow, Writing


def content_key(row: ExampleRow) -> Hashable:
    """Return what the rows of equal documents have in common.

    Images and vectors are stored once, texts in each form that they came in.
    """
    return row.item if row.text is None or row.has_image else text_digest(row.text)


def items_like(writing: Writing, row: ExampleRow, indexes: Indexes) -> set[int]:
    """Return the stored items that an example is equal to, its own among them."""
    items = {row.item}
    if row.text is not None and not row.has_image:
        items.update(indexes.texts.items_of(writing, row.text))
    return items


def examples_with(writing: Writing, items: Collection[int]) -> list[tuple[ExampleRow, str]]:
    """Return the living examples that hold one of the items, each with its class, oldest first."""
    if not items:
        return []
    living = writing.rows.examples_of_items(set(items), writing.version)
    rows = [
        (row, label)
        for members in living.values()
        for identity, label in members
        if (row := writing.rows.example_with_id(identity, writing.version)) is not None
    ]
    return sorted(rows, key=lambda pair: pair[0].key)


def move_once(
    writing: Writing, rows: Iterable[ExampleRow], target: int, contents: Collection[Hashable]
) -> tuple[list[str], list[str]]:
    """Move examples to a class, where each document that comes then stands once.

    Args:
        writing: the change.
        rows: examples of other classes.
        target: the key of the class.
        contents: what stands there already, as :func:`content_key` says it.

    Returns:
        the ids of those that moved, and of those that ended, since an equal one stands there.
    """
    moves, ends, stored = list[str](), list[str](), set(contents)
    for row in rows:
        content = content_key(row)
        if content in stored:
            writing.end_example(row)
            ends.append(row.id)
        else:
            writing.move_example(row, target)
            moves.append(row.id)
            stored.add(content)
    return moves, ends


def words_of_ends(ends: Sequence[str], label: str) -> str:
    """Return the sentence about examples that ended, since a class has equal ones; or nothing."""
    copies = "a copy" if len(ends) == 1 else "copies"
    return f"removed {listed(ends, 'example')}: {label!r} has {copies}" if ends else ""
