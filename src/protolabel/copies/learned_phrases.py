"""Which texts nearly repeat a text that an encoder learned from, when that text itself is gone.

Of each learned text a sample of its phrases is kept, four words in a row, as hashes: too little to
read it. ``near_copies`` compares texts that are there; what may change, and what is boilerplate, is
its rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from protolabel.arrays import Doubles, Integers, Mask, ranges
from protolabel.copies.boilerplate import DocumentClasses
from protolabel.copies.near_copies import boilerplate
from protolabel.copies.near_text_pairs import CHANGED_SHARE, CHANGED_WORDS, LONGEST
from protolabel.copies.sketches import (
    LEAST_WORDS,
    Hashes,
    Sample,
    Table,
    run_hashes,
    word_hashes,
)

WORDS = 4  # of a phrase
FEWEST_WORDS = 8  # different words of a text that can be compared
LEAST_PHRASES = LEAST_WORDS - WORDS + 1  # of a text whose near copies may lack some of them
MOST_PHRASES = 32  # of a learned text that are kept; of those that may lack some, about a half
FEWEST = 3  # phrases that a comparison needs
UNCHANGED = 0.5  # of the phrases of a near copy, at least: one word changes up to four of them
OWNERS = 32  # learned texts that a phrase leads to: the first
TEXTS_AT_ONCE = 1024


@dataclass(frozen=True, slots=True, eq=False)
class LearnedPhrases:
    """Phrases of n learned texts.

    Attributes:
        hashes: ``(h,)`` uint32, ascending: the phrases that are kept.
        owners: ``(h,)`` uint32, the text of each, from 0.
        sizes: ``(n,)`` uint32, how many different phrases each text has.
        halvings: ``(n,)`` uint8, as those of a :class:`Sample`.
        common: ``(c,)`` uint32, ascending: boilerplate, which does not count.
    """

    hashes: Hashes
    owners: Hashes
    sizes: Hashes
    halvings: npt.NDArray[np.uint8]
    common: Hashes

    @classmethod
    def none(cls) -> LearnedPhrases:
        """Return those of no text."""
        nothing = np.empty(0, np.uint32)
        return cls(nothing, nothing, nothing, np.empty(0, np.uint8), nothing)

    @classmethod
    def of(cls, texts: Sequence[str | None], classes: DocumentClasses) -> LearnedPhrases:
        """Return those of texts that an encoder learns from.

        Args:
            texts: m texts; None for a document without.
            classes: of the m documents: they tell what is boilerplate.
        """
        rows = np.flatnonzero(classes.is_document).tolist()
        phrases_by_row = {place: phrases_of(texts[place]) for place in rows}
        rows = [place for place in rows if len(phrases_by_row[place])]
        if not rows:
            return cls.none()
        every = [phrases_by_row[place] for place in rows]
        table = Table.of([Sample(phrases, len(phrases), 0) for phrases in every])
        is_common = boilerplate(table, np.arange(len(every)), classes.at(np.array(rows)))
        common = np.unique(table.hashes[is_common])
        distinctive = (_without(phrases, common) for phrases in every)
        samples = [
            Sample.of(phrases, MOST_PHRASES, int(len(phrases) >= LEAST_PHRASES))
            for phrases in distinctive
            if len(phrases) >= FEWEST
        ]
        counts = [len(sample.hashes) for sample in samples]
        hashes = np.concatenate([np.empty(0, np.uint32), *(sample.hashes for sample in samples)])
        owners = np.repeat(np.arange(len(samples), dtype=np.uint32), counts)
        hashes, owners = _index(hashes, owners)
        return cls(
            hashes,
            owners,
            np.array([sample.size for sample in samples], np.uint32),
            np.array([sample.halvings for sample in samples], np.uint8),
            common,
        )

    def joined(self, other: LearnedPhrases) -> LearnedPhrases:
        """Return those of both."""
        hashes, owners = _index(
            np.append(self.hashes, other.hashes),
            np.append(self.owners, other.owners + np.uint32(len(self.sizes))),
        )
        return LearnedPhrases(
            hashes,
            owners,
            np.append(self.sizes, other.sizes),
            np.append(self.halvings, other.halvings),
            np.union1d(self.common, other.common),
        )

    @property
    def consistent(self) -> bool:
        """Whether the arrays belong together, as those of a sound file do."""
        return (
            len(self.hashes) == len(self.owners)
            and len(self.sizes) == len(self.halvings)
            and (not len(self.owners) or int(self.owners.max()) < len(self.sizes))
            and (not len(self.halvings) or int(self.halvings.max()) <= 32)
        )

    def near(self, texts: Sequence[str | None]) -> Mask:
        """Return which texts nearly repeat a learned one. *Shape:* m texts -> ``(m,)``."""
        parts = [
            self._near(texts[at : at + TEXTS_AT_ONCE]) for at in range(0, len(texts), TEXTS_AT_ONCE)
        ]
        return np.concatenate([np.empty(0, np.bool_), *parts])

    def _near(self, texts: Sequence[str | None]) -> Mask:
        near = np.zeros(len(texts), np.bool_)
        if not len(self.sizes):
            return near
        phrases = [_without(phrases_of(text), self.common) for text in texts]
        sizes = np.array([len(hashes) for hashes in phrases], np.int64)
        text, owner, shared = self._shared_phrases(phrases)
        learned_sizes, halvings = self.sizes[owner].astype(np.int64), self.halvings[owner]
        limits = 2.0 ** (32 - np.arange(33))
        below = np.array([np.searchsorted(hashes, limits) for hashes in phrases]).reshape(-1, 33)
        samples = np.bincount(self.owners, minlength=len(self.sizes))[owner]
        n_sampled = np.where(learned_sizes <= sizes[text], samples, below[text, halvings])
        longer = np.maximum(learned_sizes, sizes[text])
        shorter = np.minimum(learned_sizes, sizes[text])
        is_near = (
            (n_sampled >= FEWEST)
            & (longer <= LONGEST * shorter)
            & (
                (n_sampled - shared) * 2.0**halvings
                <= _possible(n_sampled * 2.0**halvings, shorter)
            )
        )
        near[text[is_near]] = True
        return near

    def _shared_phrases(self, phrases: Sequence[Hashes]) -> tuple[Integers, Integers, Integers]:
        """Return pairs of a text and a learned one, and how many kept phrases they share."""
        every = np.concatenate(phrases)
        text = np.repeat(np.arange(len(phrases)), [len(hashes) for hashes in phrases])
        first = np.searchsorted(self.hashes, every)
        counts = np.searchsorted(self.hashes, every, side="right") - first
        owners = self.owners[ranges(first, counts)].astype(np.int64)
        pairs, shared = np.unique(
            np.repeat(text, counts) * len(self.sizes) + owners, return_counts=True
        )
        return pairs // len(self.sizes), pairs % len(self.sizes), shared.astype(np.int64)


def phrases_of(text: str | None) -> Hashes:
    """Return the hashes of the different phrases of a text, ascending.

    There are none where it has fewer than ``FEWEST_WORDS`` different words.
    """
    words = None if text is None else word_hashes(text, FEWEST_WORDS)
    if words is None or len(np.unique(words)) < FEWEST_WORDS:
        return np.empty(0, np.uint32)
    return np.unique(run_hashes(words, WORDS).astype(np.uint32))


def _possible(phrases: Doubles, size: Integers) -> Doubles:
    """Return how many of so many phrases a near copy may lack; of a short text it lacks none."""
    changed = WORDS * (CHANGED_WORDS + CHANGED_SHARE * phrases)
    return np.where(size < LEAST_PHRASES, 0.0, np.minimum(changed, (1 - UNCHANGED) * phrases))


def _without(phrases: Hashes, common: Hashes) -> Hashes:
    return np.setdiff1d(phrases, common, assume_unique=True) if len(common) else phrases


def _index(hashes: Hashes, owners: Hashes) -> tuple[Hashes, Hashes]:
    """Return both in the order of the hashes, of each hash the first ``OWNERS`` owners."""
    order = np.lexsort((owners, hashes))
    hashes, owners = hashes[order], owners[order]
    rank = np.arange(len(hashes)) - np.searchsorted(hashes, hashes)
    return hashes[rank < OWNERS], owners[rank < OWNERS]
