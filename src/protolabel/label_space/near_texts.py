"""Which new examples are near copies of others, said when they are added. It leaves nothing out.

``near_copies`` decides what a near copy is. Here is the index that says which stored texts are
worth comparing with a new one, so that an addition does not look at all of them. It is kept in
memory, beside that of equal texts: about 64 bytes a text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from protolabel.near_copies import near_groups
from protolabel.sketches import Sketch, sketch_of
from protolabel.store import Rows
from protolabel.types import Example

KEYS = 8  # lowest hashes of a text that it is found by: near copies share most of them
MOST_TEXTS = 32  # that one hash leads to: the newest


@dataclass(slots=True, eq=False)
class NearTexts:
    """The stored texts by the lowest hashes of their pairs of words."""

    _hashes: list[int] = field(default_factory=list)  # newest last
    _items: list[int] = field(default_factory=list)
    _sorted: tuple[np.ndarray, np.ndarray] = field(
        default_factory=lambda: (np.empty(0, np.uint32), np.empty(0, np.int64))
    )

    def add(self, item: int, sketch: Sketch) -> None:
        """Take in the sketch of a stored text."""
        keys = sketch.pairs.hashes[:KEYS].tolist()
        self._hashes += keys
        self._items += [item] * len(keys)

    def candidates(self, sketch: Sketch) -> set[int]:
        """Return the items of texts that may be near copies, and of some that are not."""
        hashes, items = self._index()
        keys = sketch.pairs.hashes[:KEYS]
        lows = np.searchsorted(hashes, keys).tolist()
        highs = np.searchsorted(hashes, keys, side="right").tolist()
        return {
            item
            for low, high in zip(lows, highs, strict=True)
            for item in items[max(low, high - MOST_TEXTS) : high].tolist()
        }

    def _index(self) -> tuple[np.ndarray, np.ndarray]:
        """Return hashes in ascending order, and the item of each, ascending for one hash."""
        if self._hashes:
            hashes = np.append(self._sorted[0], np.array(self._hashes, np.uint32))
            items = np.append(self._sorted[1], np.array(self._items, np.int64))
            order = np.argsort(hashes, kind="stable")
            self._sorted = hashes[order], items[order]
            self._hashes, self._items = [], []
        return self._sorted


def near_copies_among(
    rows: Rows, version: int, examples: Sequence[Example], equal: set[int], texts: NearTexts
) -> list[int]:
    """Return the positions of new examples that are near copies of living or earlier ones.

    Args:
        rows: of the label space.
        version: whose examples are living.
        examples: the new ones.
        equal: positions of those that are equal to others, which are no near copies.
        texts: those that are stored.
    """
    sketches = {
        position: sketch
        for position, example in enumerate(examples)
        if example.text is not None
        and example.image is None
        and (sketch := sketch_of(example.text)) is not None
    }
    if not sketches:
        return []
    items = sorted(set().union(*map(texts.candidates, sketches.values())))
    contents = rows.texts(items)
    stored = [None if text is None else sketch_of(text) for text in contents]
    groups = near_groups([*stored, *sketches.values()], np.arange(len(items) + len(sketches)))
    of_new = groups[len(items) :].tolist()
    new_groups = set(of_new)
    group_of = dict(zip(items, groups.tolist(), strict=False))
    alike = {item for item in items if group_of[item] in new_groups}
    living = rows.examples_of_items(alike, version) if alike else {}
    older = {group_of[item] for item in living}
    near = []
    for position, group in zip(sketches, of_new, strict=True):
        if group in older and position not in equal:
            near.append(position)
        older.add(group)
    return near
