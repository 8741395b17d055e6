"""The living examples of one document: an example, and all that are equal to it, in any class.

A statement about the class of one of them holds for all of them, whichever one it names.
"""

from __future__ import annotations

from collections.abc import Collection

from protolabel.label_space.indexes import Indexes
from protolabel.store import ExampleRow, Writing


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
