"""Puts many documents into cells of like ones, by scikit-learn's k-means over mini-batches.

Up to ``MOST_WHOLE`` documents need no cells: they are compared one by one.
"""

from __future__ import annotations

import numpy as np

from protolabel.arithmetic.directions import Directions
from protolabel.arithmetic.support import Support
from protolabel.arrays import Floats, Labels
from protolabel.progress import Progress, Step, silent
from protolabel.system.import_lock import one_import

MOST_WHOLE = 4000  # documents that are merged one by one: three seconds
CELLS = 2000
ROUNDS = 3  # in which k-means sees each document, where they are not too many
MOST_SEEN = 300_000  # documents that k-means sees in all
MOST_SAMPLED = 20_000  # documents that say in which directions they vary, and how far apart
CHUNK = 8192  # vectors that are in memory at once


def cells_of(vectors: Floats, support: Support, progress: Progress = silent) -> Labels | None:
    """Return the cell of each document ``(n,)``, from 0; None where few documents need none.

    Args:
        vectors: ``(n, d)``, perhaps in a file.
        support: the examples of the classes that are there.
        progress: follows how many documents have a cell.
    """
    n, rng = len(vectors), np.random.default_rng(0)
    if n <= MOST_WHOLE:
        return None
    with one_import():
        from sklearn.cluster import MiniBatchKMeans

    means = MiniBatchKMeans(
        CELLS, init="random", n_init=1, batch_size=CHUNK, random_state=0, reassignment_ratio=0.0
    )
    directions = directions_of(sample(vectors), support)
    n_seen = min(n * ROUNDS, MOST_SEEN)
    for at in range(0, n_seen, CHUNK):
        rows = np.sort(rng.choice(n, min(CHUNK, n), replace=False))
        means.partial_fit(directions.weighted(np.asarray(vectors[rows])))
        progress(Step("documents put into cells", at, n_seen + n))
    cells = np.empty(n, np.int64)
    for at in range(0, n, CHUNK):
        part = slice(at, at + CHUNK)
        cells[part] = means.predict(directions.weighted(np.asarray(vectors[part])))
        progress(Step("documents put into cells", n_seen + min(n, at + CHUNK), n_seen + n))
    return cells


def sample(vectors: Floats) -> Floats:
    """Return some of the vectors, in memory: drawn at random, since kinds may come in turn.

    *Shape:* ``(n, d)`` -> ``(m, d)``, m = ``MOST_SAMPLED`` at most.
    """
    if len(vectors) <= MOST_SAMPLED:
        return np.asarray(vectors)
    rows = np.random.default_rng(0).choice(len(vectors), MOST_SAMPLED, replace=False)
    return np.asarray(vectors[np.sort(rows)])


def directions_of(documents: Floats, support: Support) -> Directions:
    """Return the directions in which documents ``(n, d)`` and the examples vary."""
    return Directions.of(np.concatenate([documents, support.embeddings[support.documents()]]))
