"""Statements of an export that are here already, and that it has after others which come in.

Near copies follow the later of two statements. One that is left out since it is here keeps its
moment, so that what comes in would count as later even where the export has it first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from protolabel.label_space.changes.equal_examples import examples_with
from protolabel.store import ExampleRow, Writing
from protolabel.types import Example


def say_again(
    writing: Writing,
    examples: Sequence[Example],
    items_by_example: Sequence[Collection[int]],
    additions: Collection[str],
    order: Mapping[str, int],
) -> dict[str, int]:
    """Make statements that are here already a part of a change, where it adds earlier ones.

    Those are examples after an added negative one, and negative ones after an added example.

    Args:
        writing: the change.
        examples: all of an export, negative ones too.
        items_by_example: the stored items that each is equal to.
        additions: the ids of the examples that the change has added, of both kinds.
        order: the places of examples among what people said, by ids.

    Returns:
        The places of the statements that are here already, by the ids that they have here.
    """
    first: dict[bool, int] = {}  # the place of the first that was added, by whether it is negative
    for example in examples:
        if example.id in additions and example.id in order:
            place = order[example.id]
            first[example.negative] = min(place, first.get(example.negative, place))
    places: dict[str, int] = {}
    for example, items in zip(examples, items_by_example, strict=True):
        place = order.get(example.id, 0)
        earlier = first.get(not example.negative)
        if earlier is None or place <= earlier or example.id in additions:
            continue
        for row in _rows_of(writing, example, items):
            if row.id in additions:
                continue
            if row.id not in places:
                bear_again = writing.move_negative if example.negative else writing.move_example
                bear_again(row, row.class_key)
            places[row.id] = max(place, places.get(row.id, 0))
    return places


def _rows_of(writing: Writing, example: Example, items: Collection[int]) -> list[ExampleRow]:
    """Return the living rows that say of an equal document what an example says."""
    class_row = writing.rows.class_named(example.label, writing.version)
    if class_row is None or not items:
        return []
    if example.negative:
        rows = list(writing.rows.negatives_of_items(items, writing.version))
    else:
        rows = [row for row, _ in examples_with(writing, items)]
    return [row for row in rows if row.class_key == class_row.key]
