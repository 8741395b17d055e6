"""Groups documents without labels by their vectors, however many they are.

Up to ``MOST_WHOLE`` documents are merged one by one. More are first put into cells by k-means
(scikit-learn's, over mini-batches), and the cells are merged by the same rule.
"""

from __future__ import annotations

import numpy as np

from protolabel.arithmetic.average_linkage import Moments, merged
from protolabel.arithmetic.spread import Spread
from protolabel.arrays import Floats, Labels, Positions
from protolabel.import_lock import one_import
from protolabel.progress import Progress, Step, silent

MOST_WHOLE = 4000  # documents that are merged one by one: three seconds
CELLS = 2000
ROUNDS = 3  # in which k-means sees each document, where they are not too many
MOST_SEEN = 300_000  # documents that k-means sees in all
CHUNK = 8192  # vectors that are in memory at once


def grouped(
    vectors: Floats, spread: Spread, least: int, progress: Progress = silent
) -> tuple[Labels, Moments]:
    """Group vectors that lie about as near as the documents of one class do.

    Args:
        vectors: ``(n, d)``, perhaps in a file.
        spread: how near that is.
        least: members of the smallest group; documents of smaller ones are noise.
        progress: hears how many documents have a group.

    Returns:
        The group of each document ``(n,)``, largest first, and -1 for noise; and the moments of the
        groups.
    """
    if len(vectors) <= MOST_WHOLE:
        first = merged(Moments.of_each(vectors), spread.height)
    else:
        first = _merged_cells(vectors, spread.height, progress)
    place = largest_first(first, int(first.max(initial=-1)) + 1, least)
    labels = place[first]
    return labels, moments_of(vectors, labels, int(place.max()) + 1)


def largest_first(labels: Labels, groups: int, least: int) -> Labels:
    """Return the new number of each group ``(groups + 1,)``: largest first, -1 below ``least``.

    The last one is -1, so that it can be indexed by labels ``(n,)`` of which -1 is no group.
    """
    sizes = np.bincount(labels[labels >= 0], minlength=groups)
    order = np.argsort(-sizes, kind="stable")
    order = order[sizes[order] >= least]
    place = np.full(groups + 1, -1)
    place[order] = np.arange(len(order))
    return place


def nearest_first(vectors: Floats, labels: Labels, moments: Moments, group: int) -> Positions:
    """Return the documents of a group, nearest to its mean first."""
    places = np.flatnonzero(labels == group)
    mean = moments.sums[group] / moments.counts[group]
    far = ((np.asarray(vectors[places], np.float64) - mean) ** 2).sum(axis=1)
    return places[np.argsort(far, kind="stable")]


def _merged_cells(vectors: Floats, height: float, progress: Progress) -> Labels:
    """Merge cells of like documents; then each document goes to its nearest group, or to none."""
    with one_import():
        from sklearn.cluster import MiniBatchKMeans

    n, rng = len(vectors), np.random.default_rng(0)
    means = MiniBatchKMeans(
        CELLS, init="random", n_init=1, batch_size=CHUNK, random_state=0, reassignment_ratio=0.0
    )
    n_seen = min(n * ROUNDS, MOST_SEEN)
    for at in range(0, n_seen, CHUNK):
        rows = np.sort(rng.choice(n, min(CHUNK, n), replace=False))
        means.partial_fit(np.asarray(vectors[rows]))
        progress(Step("documents grouped", at, n_seen + 2 * n))
    cells = np.empty(n, np.int64)
    for at in range(0, n, CHUNK):
        cells[at : at + CHUNK] = means.predict(np.asarray(vectors[at : at + CHUNK]))
        progress(Step("documents grouped", n_seen + at, n_seen + 2 * n))
    _, cells = np.unique(cells, return_inverse=True)
    of_cells = moments_of(vectors, cells, int(cells.max()) + 1)
    groups = merged(of_cells, height)
    of_groups = of_cells.joined(groups, int(groups.max()) + 1)
    labels = np.empty(n, np.int64)
    for at in range(0, n, CHUNK):
        far = Moments.of_each(np.asarray(vectors[at : at + CHUNK])).distances(of_groups)
        nearest = far.argmin(axis=1)
        near = far[np.arange(len(far)), nearest] < height
        labels[at : at + CHUNK] = np.where(near, nearest, -1)
        progress(Step("documents grouped", n_seen + n + at, n_seen + 2 * n))
    progress(Step("documents grouped", n_seen + 2 * n, n_seen + 2 * n))
    return labels


def moments_of(vectors: Floats, labels: Labels, groups: int) -> Moments:
    """Return the moments of groups, with few vectors in memory at once."""
    total = Moments(np.zeros(groups), np.zeros((groups, vectors.shape[1])), np.zeros(groups))
    for at in range(0, len(vectors), CHUNK):
        part = Moments.of(np.asarray(vectors[at : at + CHUNK]), labels[at : at + CHUNK], groups)
        total = Moments(
            total.counts + part.counts, total.sums + part.sums, total.squares + part.squares
        )
    return total
