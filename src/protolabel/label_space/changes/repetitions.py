"""Says in a change how many of its examples are here already, or are near copies. Adds nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from protolabel.arrays import Floats
from protolabel.copies.near_vectors import first_copies
from protolabel.label_space.changes.rows import LISTED
from protolabel.label_space.stored_items.indexes import Indexes
from protolabel.label_space.stored_items.known_documents import Twin
from protolabel.label_space.stored_items.near_texts import near_copies_among
from protolabel.store import Writing
from protolabel.types import Example
from protolabel.words.quantity import quantity


def note_twins(
    writing: Writing, examples: Sequence[Example], twins: Sequence[Twin], ids: Mapping[int, str]
) -> None:
    """Say how many examples are here already, and which have another label there.

    Args:
        writing: the change.
        examples: those that came.
        twins: what they are equal to.
        ids: of the examples that were added, by their position; the others were left out.
    """
    known_positions = {twin.position for twin in twins}
    n_repeated = len(known_positions & set(ids))
    old = {twin.position for twin in twins if not twin.came_along}
    writing.detail |= {"known": len(known_positions), "repeated": n_repeated}
    came_along = known_positions - old
    if came_along:
        writing.detail["came_along"] = len(came_along)
    done = "added once more" if n_repeated else "left out"
    if old:
        were = "was" if len(old) == 1 else "were"
        writing.summary += f"; {len(old):,} of {len(examples):,} {were} here already, {done}"
    if came_along:
        n, repeat = len(came_along), "repeats" if len(came_along) == 1 else "repeat"
        done = "left out" if done == "left out" else "added all the same"
        writing.summary += f"; {n:,} of {len(examples):,} {repeat} another of them, {done}"
    two_labels = [
        {
            "example": ids.get(twin.position) or examples[twin.position].id,
            "label": examples[twin.position].label,
            "other": twin.id,
            "other_label": twin.label,
        }
        for twin in twins
        if twin.label != examples[twin.position].label
    ]
    if two_labels:
        writing.detail["two_labels"] = two_labels[:LISTED]
        writing.summary += f"; {quantity(len(two_labels), 'document')} under two labels"


def note_near_copies(
    writing: Writing,
    examples: Sequence[Example],
    vectors: Floats,
    twins: Sequence[Twin],
    indexes: Indexes,
) -> None:
    """Say how many examples are near copies of others: they count as one document with those.

    Args:
        writing: the change.
        examples: those that came.
        vectors: of these, which are compared where there is no text.
        twins: what they are equal to.
        indexes: of the texts that are here.
    """
    equal = {twin.position for twin in twins}
    near = near_copies_among(writing.rows, writing.before, examples, equal, indexes.texts.near)
    near += _rounded_copies(examples, vectors, equal)
    writing.detail["near_copies"] = len(near)
    if near:
        are = "is a near copy" if len(near) == 1 else "are near copies"
        writing.summary += f"; {len(near):,} of {len(examples):,} {are} of other examples"


def _rounded_copies(
    examples: Sequence[Example], vectors: Floats, equal: Collection[int]
) -> list[int]:
    """Return the positions of examples without a text that repeat an earlier one but for rounding.

    They are compared with those that came with them.
    """
    bare = [i for i, example in enumerate(examples) if example.text is None]
    if len(bare) < 2:
        return []
    near, earlier = [], set()
    for position, first in zip(bare, first_copies(vectors[bare]).tolist(), strict=True):
        if first in earlier and position not in equal:
            near.append(position)
        earlier.add(first)
    return near
