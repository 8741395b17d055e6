"""Reports which new examples are near copies of others. It leaves nothing out.

``near_copies`` decides what a near copy is. Here is the index that says which stored texts are
worth comparing with a new one, so that an addition does not look at all of them. It is kept in
memory, beside that of equal texts: about 64 bytes a text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from protolabel.copies.boilerplate import DocumentClasses
from protolabel.copies.near_copies import near_groups
from protolabel.copies.sketches import Sketch, sketch_of
from protolabel.store import Rows
from protolabel.types import Example

RECENT = 20_000  # texts that new ones are compared with: 1 s of work
KEYS = 8  # lowest hashes of a text that it is found by: near copies share most of them
MOST_TEXTS = 32  # that one hash leads to: the newest
MOST_NEWEST = 20_000  # hashes that are not sorted yet


@dataclass(slots=True, eq=False)
class NearTexts:
    """The newest stored texts by the lowest hashes of their pairs of words."""

    _newest: dict[int, list[int]] = field(default_factory=dict)  # items by hash, oldest first
    _hashes: npt.NDArray[np.uint32] = field(default_factory=lambda: np.empty(0, np.uint32))
    _items: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))

    def take(self, texts: Iterable[tuple[int, str]], newest: int) -> None:
        """Take in stored texts, each with its item, of the last ``RECENT`` items up to ``newest``.

        Only those whose change was carried out: the numbers of other items are used again.
        """
        for item, text in texts:
            if item > newest - RECENT and (sketch := sketch_of(text)) is not None:
                self.add(item, sketch)

    def add(self, item: int, sketch: Sketch) -> None:
        """Take in the sketch of a stored text."""
        for key in sketch.pairs.hashes[:KEYS].tolist():
            self._newest.setdefault(key, []).append(item)

    def candidates(self, sketch: Sketch) -> set[int]:
        """Return the items of texts that may be near copies, and of some that are not."""
        if len(self._newest) > MOST_NEWEST:
            self._sort()
        keys = sketch.pairs.hashes[:KEYS]
        lows = np.searchsorted(self._hashes, keys).tolist()
        highs = np.searchsorted(self._hashes, keys, side="right").tolist()
        items: set[int] = set()
        for key, low, high in zip(keys.tolist(), lows, highs, strict=True):
            sorted_items = self._items[max(low, high - MOST_TEXTS) : high].tolist()
            items.update((sorted_items + self._newest.get(key, []))[-MOST_TEXTS:])
        return items

    def _sort(self) -> None:
        """Put the newest to the others: two arrays, by hash, the items of one hash ascending."""
        counts = [len(items) for items in self._newest.values()]
        keys = np.repeat(np.fromiter(self._newest, np.uint32), counts)
        newest = np.fromiter((i for items in self._newest.values() for i in items), np.int64)
        hashes = np.append(self._hashes, keys)
        order = np.argsort(hashes, kind="stable")
        self._hashes, self._items = hashes[order], np.append(self._items, newest)[order]
        self._newest = {}


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
    alone = DocumentClasses.of(np.arange(len(items) + len(sketches)))  # each a class of its own
    groups = near_groups([*stored, *sketches.values()], alone)
    of_new = groups[len(items) :].tolist()
    new_groups = set(of_new)
    group_of = dict(zip(items, groups.tolist(), strict=False))
    near_items = {item for item in items if group_of[item] in new_groups}
    living = rows.examples_of_items(near_items, version) if near_items else {}
    older = {group_of[item] for item in living}
    near = []
    for position, group in zip(sketches, of_new, strict=True):
        if group in older and position not in equal:
            near.append(position)
        older.add(group)
    return near
