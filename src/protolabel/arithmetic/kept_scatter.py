"""The scatter of classes, from which kappa is estimated, brought up to date after a change.

That of a class depends on its own documents alone. So only classes whose documents are others than
before are computed again (``kappa.scatter_of``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from protolabel.arithmetic.kappa import Scatter, kappa_rows, scatter_of
from protolabel.arithmetic.support import Support
from protolabel.arithmetic.vector_hashes import Hashes, mixed, number_hashes
from protolabel.arrays import Keys, Positions


@dataclass(frozen=True, slots=True, eq=False)
class KeptScatter:
    """The scatter of K classes, with what it was made from.

    keys ``(K,)`` ascending; documents ``(K,)``: a hash of the vectors of each, in their order.
    """

    keys: Keys
    documents: Hashes
    scatter: Scatter

    @classmethod
    def of(cls, support: Support, keys: Keys, earlier: KeptScatter | None = None) -> KeptScatter:
        """Return the scatter of a support that has hashes of its vectors.

        Args:
            support: of K classes.
            keys: (K,), theirs.
            earlier: that of an earlier support, in the same encoding.
        """
        rows = kappa_rows(support)
        documents = _documents(support, rows)
        if earlier is None or earlier.scatter.means.shape[1] != support.embeddings.shape[1]:
            return cls(keys, documents, scatter_of(support, rows))
        at = np.minimum(np.searchsorted(earlier.keys, keys), max(0, len(earlier.keys) - 1))
        same = earlier.keys[at] == keys if len(earlier.keys) else np.zeros(len(keys), np.bool_)
        if len(earlier.keys):
            same &= earlier.documents[at] == documents
        if not same.any():
            return cls(keys, documents, scatter_of(support, rows))
        changed = scatter_of(support, rows[~same[support.labels[rows]]])
        old, differ = earlier.scatter, ~same
        scatter = Scatter(old.counts[at], old.means[at], old.squares[at])
        scatter.counts[differ] = changed.counts[differ]
        scatter.means[differ] = changed.means[differ]
        scatter.squares[differ] = changed.squares[differ]
        return cls(keys, documents, scatter)


def _documents(support: Support, rows: Positions) -> Hashes:
    """Return a hash of the vectors of each class, whose order counts. *Shape:* ``(K,)``."""
    assert support.hashes is not None
    labels = support.labels[rows]
    rows = rows[np.argsort(labels, kind="stable")]
    counts = np.bincount(labels, minlength=support.n_classes)
    starts = np.cumsum(counts) - counts
    places = np.arange(len(rows)) - np.repeat(starts, counts)
    words = mixed(support.hashes[rows] ^ number_hashes(places))
    documents = np.zeros(support.n_classes, np.uint64)
    present = counts > 0
    if present.any():
        documents[present] = np.add.reduceat(words, starts[present])
    return mixed(documents ^ number_hashes(counts))
