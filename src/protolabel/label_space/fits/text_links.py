"""Which texts are near copies of each other, brought up to date after a change.

``near_copies.near_groups`` says the same of all texts. What it finds for one text follows from
three things: the texts that it is compared with, since they share a rare pair of words with it;
their words; and which of its pairs are boilerplate. A mark of these three is kept for each text
with what was found. Only texts whose mark is another one are compared again.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from protolabel.arithmetic.row_change import RowChange
from protolabel.arithmetic.vector_hashes import Hashes
from protolabel.arrays import Integers, Mask, Positions
from protolabel.copies.boilerplate import DocumentClasses
from protolabel.copies.near_text_pairs import LONGEST, are_near_texts
from protolabel.copies.sketches import Sketch, Table
from protolabel.label_space.fits.pair_postings import Postings

MOST_HASHES = 500_000  # of pairs of words: of more texts, or longer ones, nothing is kept
MOST_LINKS = 50_000  # of near copies, likewise
COMPARED_AT_ONCE = 100_000  # pairs of texts

Sketches = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class TextLinks:
    """The t different sketches of n documents, and which of them are near copies.

    sketches ``(t,)``: ascending by their keys. numbers ``(n,)``: the sketch of each document, or
    -1. ids ``(t,)``: a hash of each sketch; sizes ``(t,)``: its different words. postings: their
    pairs of words. marks ``(t,)``: of what each was compared by. links ``(m, 2)``: a sketch, and a
    near copy that was found for it.
    """

    sketches: Sketches
    numbers: Integers
    ids: Hashes
    sizes: Integers
    postings: Postings
    marks: Hashes
    links: Positions

    @classmethod
    def of(cls, sketches: Sketches, classes: DocumentClasses) -> TextLinks | None:
        """Return the links of documents; None where they are too many to be kept.

        Args:
            sketches: (n,), of each document; None for one without.
            classes: of the n documents.
        """
        if sum(len(one.pairs.hashes) for one in sketches if one is not None) > MOST_HASHES:
            return None
        none, nothing = np.empty(0, np.int64), np.empty(0, np.uint64)
        some, links = np.empty(0, object), np.empty((0, 2), np.int64)
        empty = cls(some, none, nothing, none, Postings.none(), nothing, links)
        return empty.after(RowChange(np.full(len(sketches), -1), 0), sketches, classes)

    def after(
        self, change: RowChange, fresh: Sketches, classes: DocumentClasses
    ) -> TextLinks | None:
        """Return the links after a change; None where they are too many to be kept.

        Args:
            change: of the documents.
            fresh: (f,), the sketches of those that are new.
            classes: of the n documents.
        """
        numbers = change.column(self.numbers, np.full(len(fresh), -1))
        used = np.zeros(len(self.sketches), np.bool_)
        used[numbers[numbers >= 0]] = True
        places = {one.key: self._place(one) for one in fresh if one is not None}
        old_places = {key: at for key, at in places.items() if self._is_at(key, at)}
        used[list(old_places.values())] = True
        distinct = {one.key: one for one in fresh if one is not None and one.key not in old_places}
        new = sorted(distinct)
        before = np.array([places[key] for key in new], np.int64)  # old ones come before each
        new_numbers = (
            np.cumsum(used) - 1 + np.searchsorted(before, np.arange(len(used)), side="right")
        )
        new_numbers[~used] = -1  # where each old sketch stands now
        at = np.cumsum(np.append(0, used))[before] + np.arange(len(new))  # where each new one does
        count = int(used.sum()) + len(new)
        stay = np.flatnonzero(used)
        number_of = {key: int(new_numbers[old]) for key, old in old_places.items()}
        number_of.update(zip(new, at.tolist(), strict=True))
        numbers = np.where(numbers >= 0, np.append(new_numbers, -1)[numbers], -1)
        numbers[change.fresh] = [-1 if one is None else number_of[one.key] for one in fresh]

        def column(old: npt.NDArray[Any], values: Iterable[object]) -> npt.NDArray[Any]:
            whole = np.zeros(count, old.dtype)
            whole[new_numbers[stay]] = old[stay]
            for place, value in zip(at.tolist(), values, strict=True):
                whole[place] = value
            return whole

        postings = self.postings.after(new_numbers, at, [distinct[key].pairs.hashes for key in new])
        if len(postings.codes) > MOST_HASHES:
            return None
        newer = TextLinks(
            column(self.sketches, map(distinct.__getitem__, new)),
            numbers,
            column(self.ids, [_id(key) for key in new]),
            column(self.sizes, [distinct[key].words.size for key in new]),
            postings,
            column(self.marks, [0] * len(new)),
            np.where(self.links >= 0, new_numbers[self.links], -1),
        )
        return newer._compared_again(classes)

    def groups(self) -> Hashes:
        """Return a number of each document's group of near copies, 0 where it has no sketch.

        *Shape:* ``(n,)``.
        """
        first = np.arange(len(self.sketches))
        one, other = self.links.T
        joining = len(one) > 0
        while joining:
            least = np.minimum(first[one], first[other])
            joining = bool((least < np.maximum(first[one], first[other])).any())
            np.minimum.at(first, one, least)
            np.minimum.at(first, other, least)
            first = first[first]
        return np.append(first + 1, 0)[self.numbers].astype(np.uint64)

    def _place(self, sketch: Sketch) -> int:
        return bisect_left(self.sketches, sketch.key, key=lambda one: one.key)

    def _is_at(self, key: bytes, place: int) -> bool:
        return place < len(self.sketches) and self.sketches[place].key == key

    def _compared_again(self, classes: DocumentClasses) -> TextLinks | None:
        """Return the same with the links of those texts whose mark is another one now."""
        has_sketch = np.flatnonzero(self.numbers >= 0)
        boilerplate = self.postings.boilerplate(self.numbers[has_sketch], classes.at(has_sketch))
        marks = self.postings.marks(self.ids, boilerplate)
        changed = marks != self.marks
        stays = (self.links >= 0).all(axis=1) & ~np.append(changed, True)[self.links[:, 0]]
        links, count = [self.links[stays]], int(stays.sum())
        for short, long in self._candidates(changed):
            near = self._are_near(short, long, boilerplate)
            links.append(np.stack([short[near], long[near]], axis=1))
            count += int(near.sum())
            if count > MOST_LINKS:
                return None
        return TextLinks(
            self.sketches,
            self.numbers,
            self.ids,
            self.sizes,
            self.postings,
            marks,
            np.concatenate(links),
        )

    def _candidates(self, texts: Mask) -> Iterator[tuple[Positions, Positions]]:
        """Yield some texts with each that they are compared with, some at a time."""
        t = len(self.sketches)
        for short, long in self.postings.candidates(texts):
            sizes = self.sizes[short], self.sizes[long]
            possible = (short != long) & (sizes[0] <= sizes[1]) & (sizes[1] <= LONGEST * sizes[0])
            codes = np.unique(short[possible] * t + long[possible])
            for start in range(0, len(codes), COMPARED_AT_ONCE):
                part = codes[start : start + COMPARED_AT_ONCE]
                yield part // t, part % t

    def _are_near(self, short: Positions, long: Positions, boilerplate: Hashes) -> Mask:
        """Return which pairs of texts are near copies. *Shape:* ``(p,)`` each -> ``(p,)``."""
        texts, place = np.unique(np.concatenate([short, long]), return_inverse=True)
        sketches = self.sketches[texts].tolist()
        if not sketches:
            return np.zeros(0, np.bool_)
        words = Table.of([one.words for one in sketches])
        pairs = Table.of([one.pairs for one in sketches])
        relevant = ~np.isin(pairs.hashes, boilerplate)
        one, other = place[: len(short)], place[len(short) :]
        return are_near_texts(words, pairs, relevant, one, other)


def _id(key: bytes) -> int:
    """Return a hash of a sketch's key."""
    return int.from_bytes(hashlib.blake2b(key, digest_size=8).digest(), "big")
