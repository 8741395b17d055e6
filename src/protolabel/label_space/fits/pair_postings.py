"""Which texts have which pairs of words, in the order of the pairs: what near copies are found by.

``near_copies`` says which pairs of a text are rare, which are boilerplate, and with which texts it
is compared. Here the same follows from lists that are kept sorted when texts come and go.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from protolabel.arithmetic.vector_hashes import Hashes, mixed
from protolabel.arrays import Integers, Mask, Positions, distinct, ranges
from protolabel.copies.boilerplate import DocumentClasses
from protolabel.copies.compared_pairs import (
    PROBES_AT_ONCE,
    is_elsewhere,
    most_changed_pairs,
    most_texts_of_a_rare_pair,
    neighbours,
)

_SHIFT, _MASK = np.uint64(32), np.uint64(2**32 - 1)
_NO_LIMIT = 2**62


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """The h pairs of words of t texts.

    codes ``(h,)`` ascending: the hash of the pair, and in the low half the number of the text;
    hashes and texts ``(h,)``: both apart; starts ``(p,)``: where each of p different pairs begins;
    pairs ``(h,)``: which of them it is; probes ``(h,)`` bool: whether the text is compared with
    others that have the pair; limits ``(t,)``: while a pair is in more texts than that, it does not
    decide which probes a text has.
    """

    codes: Hashes
    probes: Mask
    limits: Integers
    hashes: Hashes = field(init=False)
    texts: Integers = field(init=False)
    starts: Positions = field(init=False)
    pairs: Integers = field(init=False)

    def __post_init__(self) -> None:
        """Take the codes apart."""
        hashes = self.codes >> _SHIFT
        new = np.ones(len(hashes), np.bool_)
        new[1:] = hashes[1:] != hashes[:-1]
        object.__setattr__(self, "hashes", hashes)
        object.__setattr__(self, "texts", (self.codes & _MASK).astype(np.int64))
        object.__setattr__(self, "starts", np.flatnonzero(new))
        object.__setattr__(self, "pairs", np.cumsum(new) - 1)

    @classmethod
    def none(cls) -> Postings:
        """Return the postings of no texts."""
        return cls(np.empty(0, np.uint64), np.empty(0, np.bool_), np.empty(0, np.int64))

    def after(
        self, new_numbers: Positions, at: Positions, pairs: Sequence[npt.NDArray[np.uint32]]
    ) -> Postings:
        """Return the postings after texts came and went.

        Args:
            new_numbers: the number that each text has now, ascending; -1 for one that is gone.
            at: (m,), the numbers of texts that are new.
            pairs: m, the hashes of their pairs.
        """
        texts = new_numbers[self.texts]
        stay = texts >= 0
        changed = self.hashes[~stay]
        staying = new_numbers >= 0
        limits = np.full(int(staying.sum()) + len(at), _NO_LIMIT)
        limits[new_numbers[staying]] = self.limits[staying]
        codes = (self.codes[stay] & ~_MASK) | texts[stay].astype(np.uint64)
        probes = self.probes[stay]
        if len(at):
            hashes = np.concatenate(pairs).astype(np.uint64)
            owners = np.repeat(at, [len(one) for one in pairs]).astype(np.uint64)
            new = np.sort((hashes << _SHIFT) | owners)
            places = np.searchsorted(codes, new)
            codes, probes = np.insert(codes, places, new), np.insert(probes, places, False)
            changed = np.concatenate([changed, hashes])
        newer = Postings(codes, probes, limits)
        changed = np.unique(changed)
        newer._probe_again(changed, np.diff(self._spans_of(changed), axis=0)[0])
        return newer

    def _probe_again(self, changed: Hashes, counts_before: Integers) -> None:
        """Find the probes of those texts that some pairs decide about, before or now.

        Args:
            changed: (c,), the pairs that other texts have now.
            counts_before: (c,), how many texts had each.
        """
        hashes, texts = self.hashes, self.texts
        if not len(changed) or not len(hashes):
            return
        starts, ends = self._spans_of(changed)
        counts = ends - starts
        owners = texts[ranges(starts, counts)]
        fewest = np.repeat(np.minimum(counts, counts_before), counts)
        is_affected = np.zeros(len(self.limits), np.bool_)
        is_affected[owners[fewest <= self.limits[owners]]] = True
        rows = np.flatnonzero(is_affected[texts])
        if not len(rows):
            return
        first, last = self._runs_of(rows)
        texts_with, owners = last - first, texts[rows]
        order = np.lexsort((hashes[rows], texts_with, owners))
        rows, texts_with, owners = rows[order], texts_with[order], owners[order]
        lengths = np.bincount(owners)
        ends = np.cumsum(lengths)
        ranks = np.arange(len(rows)) - (ends - lengths)[owners]
        needed = most_changed_pairs(lengths)
        alone = np.bincount(owners[texts_with == 1], minlength=len(lengths))
        is_probe = (ranks <= needed[owners]) & (alone <= needed)[owners]
        self.probes[rows] = is_probe & (texts_with > 1)
        several = np.flatnonzero(lengths)
        last = np.minimum(needed[several].astype(np.int64), lengths[several] - 1)
        decides = texts_with[(ends - lengths)[several] + last]
        self.limits[several] = np.where(last < lengths[several] - 1, decides, 1)

    def _spans_of(self, pairs: Hashes) -> tuple[Positions, Positions]:
        """Return where the texts with each of some pairs begin and end."""
        return np.searchsorted(self.hashes, pairs), np.searchsorted(self.hashes, pairs, "right")

    def _runs_of(self, rows: Positions) -> tuple[Positions, Positions]:
        """Return where the texts with the same pair as each of some begin and end."""
        pair = self.pairs[rows]
        ends = np.append(self.starts[1:], len(self.codes))
        return self.starts[pair], ends[pair]

    def boilerplate(self, texts: Integers, classes: DocumentClasses) -> Hashes:
        """Return the hashes of pairs that are boilerplate.

        Args:
            texts: (n,), the text of each document.
            classes: of the n documents.
        """
        if not len(self.codes):
            return np.empty(0, np.uint64)
        width = len(classes.counts)
        codes = distinct(texts * width + classes.sets)  # copies of the same classes count once
        text, sets = codes // width, codes % width
        times = np.bincount(text, minlength=len(self.limits))
        starts, owners = self.starts, self.texts
        lengths = np.diff(np.append(starts, len(self.codes)))
        least = most_texts_of_a_rare_pair(len(text))
        common = np.flatnonzero(lengths * int(times.max()) > least)  # the others have less

        def total(pairs: Positions, weights: Integers) -> Integers:
            entries = owners[ranges(starts[pairs], lengths[pairs])]
            of_pair = np.repeat(np.arange(len(pairs)), lengths[pairs])
            return np.bincount(of_pair, weights[entries], len(pairs)).astype(np.int64)

        common = common[total(common, times) > least]
        with_class = np.bincount(text[classes.with_class(sets)], minlength=len(times))
        apart = is_elsewhere(total(common, with_class), classes.most_of_a_class(sets))
        unsure = common[~apart]  # whichever class has most, the others are of several
        entries = owners[ranges(starts[unsure], lengths[unsure])]
        counts = times[entries]
        pair = np.repeat(np.repeat(np.arange(len(unsure)), lengths[unsure]), counts)
        place = ranges((np.cumsum(times) - times)[entries], counts)
        apart[~apart] = classes.apart(pair, sets[place], len(unsure))
        return self.hashes[starts[common[apart]]]

    def marks(self, ids: Hashes, boilerplate: Hashes) -> Hashes:
        """Return a mark of what each text is compared by. *Shape:* ``(t,)``.

        Args:
            ids: (t,), a hash of each text.
            boilerplate: hashes of pairs.
        """
        marks = ids.copy()
        rows, low, high = self._windows(np.flatnonzero(self.probes))
        sums = np.append(np.uint64(0), np.cumsum(ids[self.texts], dtype=np.uint64))
        words = mixed((sums[high] - sums[low]) ^ mixed(self.hashes[rows]))
        np.add.at(marks, self.texts[rows], words)
        if len(boilerplate):
            starts = np.searchsorted(self.hashes, boilerplate)
            counts = np.searchsorted(self.hashes, boilerplate, side="right") - starts
            entries = ranges(starts, counts)
            np.add.at(marks, self.texts[entries], mixed(~self.hashes[entries]))
        return mixed(marks)

    def candidates(self, texts: Mask) -> Iterator[tuple[Positions, Positions]]:
        """Yield some texts with others that share a rare pair with them, some at a time.

        *Shape:* texts ``(t,)``.
        """
        owners = self.texts
        rows = np.flatnonzero(self.probes)
        rows, low, high = self._windows(rows[texts[owners[rows]]])
        for start in range(0, len(rows), PROBES_AT_ONCE):
            part = slice(start, start + PROBES_AT_ONCE)
            counts = high[part] - low[part]
            short = np.repeat(owners[rows[part]], counts)
            yield short, owners[ranges(low[part], counts)]

    def _windows(self, rows: Positions) -> tuple[Positions, Positions, Positions]:
        """Return some probes, and where the texts that each leads to begin and end."""
        first, last = self._runs_of(rows)
        return rows, *neighbours(first, last, rows)
