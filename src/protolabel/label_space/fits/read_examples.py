"""The examples of a version and the totals of their classes, as rows give them to a fit.

After a change only the classes that it touched are read again; the others are as they were.
Nothing is derived here: equal documents and all that follows stand in ``next_support``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from protolabel.arithmetic.class_totals import ClassTotals
from protolabel.arithmetic.fixed_point import from_fixed
from protolabel.arithmetic.row_change import RowChange
from protolabel.arithmetic.snapshot import Snapshot
from protolabel.arrays import Floats, Integers, Keys, Positions
from protolabel.label_space.fits.fit_bounds import MOST_FITTED
from protolabel.store import Rows

MOST_TOUCHED, FEW_TOUCHED = 0.25, 8  # share of the classes beyond which all are read, or so many


@dataclass(frozen=True, slots=True, eq=False)
class ReadExamples:
    """The n examples of the K classes of a version that can answer, by class and age.

    Attributes:
        version: which one.
        mark: tells its state from that of the same number elsewhere (``Rows.mark``).
        encoding: the number of the encoding in force.
        counts: examples by class key, also of classes that do not answer.
        classes: (K,), keys of the classes that answer, ascending.
        keys: (n,), class key of each example.
        items: (n,), what each example holds.
        embeddings: (n, d).
        totals: of the K classes.
    """

    version: int
    mark: str
    encoding: int
    counts: Mapping[int, int]
    classes: Keys
    keys: Keys
    items: Integers
    embeddings: Floats
    totals: ClassTotals

    @classmethod
    def of(cls, rows: Rows, snapshot: Snapshot) -> ReadExamples:
        """Read the examples that the prototypes in ``snapshot`` were made from: all of them."""
        version, classes = snapshot.version, snapshot.keys
        keys, items, embeddings = rows.training_set(version, MOST_FITTED)
        answering = np.isin(keys, classes)
        if not answering.all():
            keys, items, embeddings = keys[answering], items[answering], embeddings[answering]
        return cls(
            version,
            rows.mark(version),
            rows.encoding(version).number,
            rows.counts(version),
            classes,
            keys,
            items,
            embeddings,
            ClassTotals.of_fixed(*rows.class_arrays(classes, version)),
        )

    @property
    def complete(self) -> bool:
        """Whether all examples are here, and not an equal share of each class."""
        return sum(self.counts.values()) <= MOST_FITTED

    def after(self, rows: Rows, snapshot: Snapshot) -> tuple[ReadExamples, RowChange] | None:
        """Read what differs in a newer version, and return what became of the rows.

        None where all must be read: of an older version or another file, in another encoding, after
        a repair or a change of many classes, and where there are too many examples.
        """
        version, classes = snapshot.version, snapshot.keys
        encoding = rows.encoding(version)
        if not self.version <= version == rows.version() or encoding.number != self.encoding:
            return None
        if not self.complete or rows.mark(self.version) != self.mark:
            return None
        touched = {*rows.touched_since(self.version)}
        touched.update(np.setxor1d(self.classes, classes, assume_unique=True).tolist())
        if len(touched) > max(FEW_TOUCHED, MOST_TOUCHED * len(classes)):
            return None
        members = {key: rows.example_keys(key, version)[1] for key in sorted(touched)}
        counts = {**self.counts, **{key: len(items) for key, items in members.items()}}
        if sum(counts.values()) > MOST_FITTED:
            return None
        answering = [key for key in members if (classes == key).any()]
        none = np.empty(0, np.int64)
        read_items = np.concatenate([none, *(members[key] for key in answering)])
        read_keys = np.repeat(answering, [len(members[key]) for key in answering]).astype(np.int64)
        read_rows = places_of(read_items, self.items)
        vectors = rows.vectors_of(np.unique(read_items[read_rows < 0]).tolist(), encoding)
        has_vector = (read_rows >= 0) | np.isin(read_items, list(vectors))
        read_keys, read_items = read_keys[has_vector], read_items[has_vector]
        stay = np.flatnonzero(~np.isin(self.keys, list(touched)))
        keys = np.concatenate([self.keys[stay], read_keys])
        order = np.argsort(keys, kind="stable")
        items = np.concatenate([self.items[stay], read_items])[order]
        change = RowChange(np.concatenate([stay, read_rows[has_vector]])[order], len(self.keys))
        fresh = [vectors[item] for item in items[change.fresh].tolist()]
        dim = self.embeddings.shape[1]
        matrix = np.stack(fresh) if fresh else np.empty((0, dim), np.float32)
        newer = ReadExamples(
            version,
            rows.mark(version),
            self.encoding,
            counts,
            classes,
            keys[order],
            items,
            change.column(self.embeddings, matrix),
            self._totals(rows, classes, answering),
        )
        return newer, change

    def _totals(self, rows: Rows, classes: Keys, touched: list[int]) -> ClassTotals:
        """Return the totals of classes, read where they were touched, which the newest has."""
        at = places_of(classes, self.classes)
        old = self.totals.only(np.maximum(at, 0))
        for one in rows.vectors(touched):
            place = int(np.searchsorted(classes, one.key))
            old.counts[place], old.sums[place] = one.count, from_fixed(one.sums)
            old.described[place] = one.description is not None
            old.descriptions[place] = 0.0 if one.description is None else one.description
        return old


def places_of(values: Integers, among: Integers) -> Positions:
    """Return where each value stands among others, or -1. *Shape:* ``(m,)``, ``(n,)`` -> ``(m,)``.

    Of a value that is there more than once, the first place.
    """
    if not len(among):
        return np.full(len(values), -1)
    order = np.argsort(among, kind="stable")
    at = order[np.minimum(np.searchsorted(among[order], values), len(among) - 1)]
    return np.where(among[at] == values, at, -1)
