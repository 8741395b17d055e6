"""Which vectors are the same but for rounding: an encoder's last bits, or lower precision.

It compares vectors alone. What makes documents equal stands in ``equality``.
``arithmetic.near_vector_pairs`` finds the same for vectors of which few have changed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from protolabel.arrays import Doubles, Floats, Integers
from protolabel.copies.near_points import near_point_pairs
from protolabel.row_parts import row_parts
from protolabel.system.import_lock import one_import

LIMIT = 0.003  # distance of two vectors, in parts of their length and of the spread of all
STEPS, OFFSET = 64, 0.618  # steps that the spread is rounded down to, from 2**n to 2**(n + 1)
PROJECTIONS = 8  # directions in which candidates are looked for
COMPARISONS = 50  # of each vector, on average; what is left then stays apart
WIDER = 1.0 + 1e-9  # the search, so that the rounding of projections hides no copy


def first_copies(vectors: Floats) -> Integers:
    """Return for each vector the one that stands for it and its copies by rounding.

    A vector is a copy of another one if their distance is at most ``LIMIT`` times the shorter
    length, and times the spread: the root mean square distance of all different vectors from
    their mean, rounded down by about one percent at most. So one vector more hardly ever changes
    what is near. The spread matters for vectors that lie far from zero, such as years.

    Copies are compared with the one that stands for them and not with each other, so that no chain
    joins vectors further apart than twice the limit. Of several vectors that could stand for
    others, the first by the bytes of its components does: the order of the vectors counts for
    nothing, and nor do exact copies. The time grows with the number of vectors.

    Args:
        vectors: (n, d) float32, finite.

    Returns:
        (n,) int64: positions of vectors. Equal vectors have the same one.
    """
    first: dict[bytes, int] = {}
    contents = [row.tobytes() for row in np.asarray(vectors, "<f4") + np.float32(0.0)]
    for position, content in enumerate(contents):
        first.setdefault(content, position)
    distinct = sorted(first)  # by their bytes
    places = np.array([first[content] for content in distinct], np.int64)
    number = {content: i for i, content in enumerate(distinct)}
    number_of_vector = np.array([number[content] for content in contents], np.int64)
    if len(distinct) < 2:
        return places[number_of_vector]
    return places[_leaders(np.asarray(vectors)[places])][number_of_vector]


def _leaders(vectors: Floats) -> Integers:
    """Return which vector stands for each of n different ones."""
    radii = LIMIT * np.minimum(lengths_of(vectors), rounded_spread(_spread(vectors)))
    points = projection(vectors)
    nearest, around_point = _search(points, WIDER**2 * float(radii.max()))
    leaders = np.arange(len(vectors))
    is_free = np.ones(len(vectors), np.bool_)
    left = COMPARISONS * len(vectors)
    for leader in np.flatnonzero(nearest <= WIDER * radii).tolist():
        if not is_free[leader]:
            continue
        around = around_point(leader, WIDER * float(radii[leader]))
        left -= len(around)
        if left < 0:
            break
        around = np.sort(around[is_free[around]])
        copies = around[_are_near(vectors, radii, leader, around)]
        leaders[copies], is_free[copies] = leader, False
    return leaders


def _search(points: Doubles, widest: float) -> tuple[Doubles, Callable[[int, float], Integers]]:
    """Return how far the nearest other point of each is, and a search for all around one.

    Distances above ``widest`` may be infinite, and no search looks further.
    """
    pairs = near_point_pairs(points, widest)
    if pairs is None:
        return _tree_search(points, widest)
    gaps = points[pairs[:, 0]] - points[pairs[:, 1]]
    distances = np.tile(np.sqrt(np.einsum("np,np->n", gaps, gaps)), 2)
    ones, others = np.concatenate([pairs, pairs[:, ::-1]]).T
    order = np.argsort(ones, kind="stable")
    ones, others, distances = ones[order], others[order], distances[order]
    nearest = np.full(len(points), np.inf)
    np.minimum.at(nearest, ones, distances)
    starts = np.searchsorted(ones, np.arange(len(points) + 1))

    def around_point(row: int, radius: float) -> Integers:
        part = slice(starts[row], starts[row + 1])
        return np.append(others[part][distances[part] <= radius], row)

    return nearest, around_point


def _tree_search(
    points: Doubles, widest: float
) -> tuple[Doubles, Callable[[int, float], Integers]]:
    """Return what ``_search`` does, where many points lie close together."""
    with one_import():
        from scipy.spatial import cKDTree

    tree = cKDTree(points)
    nearest = tree.query(points, k=2, distance_upper_bound=widest)[0][:, 1]
    return nearest, lambda i, radius: np.array(tree.query_ball_point(points[i], radius), np.int64)


def _are_near(
    vectors: Floats, radii: Doubles, leader: int, positions: Integers
) -> npt.NDArray[np.bool_]:
    """Return which vectors are copies of the leader, itself among them."""
    near = np.empty(len(positions), np.bool_)
    for start in range(0, len(positions), 1024):
        part = positions[start : start + 1024]
        gaps = vectors[part].astype(np.float64) - vectors[leader].astype(np.float64)
        limits = np.minimum(radii[part], radii[leader])
        near[start : start + 1024] = np.einsum("nd,nd->n", gaps, gaps) <= limits**2
    return near


def lengths_of(vectors: Floats) -> Doubles:
    """Return the length of each vector: ``(n,)``."""
    squares = np.empty(len(vectors))
    for part in row_parts(*vectors.shape):
        rows = vectors[part].astype(np.float64)
        squares[part] = np.einsum("nd,nd->n", rows, rows)
    return np.sqrt(squares)


def _spread(vectors: Floats) -> float:
    """Return the root mean square distance of vectors from their mean."""
    mean, total = vectors.mean(axis=0, dtype=np.float64), 0.0
    for part in row_parts(*vectors.shape):
        total += float(np.square(vectors[part] - mean).sum())
    return float(np.sqrt(total / len(vectors)))


def rounded_spread(spread: float) -> float:
    """Return a spread, rounded down to one of ``STEPS`` steps from one power of two to the next.

    No number such as 1, 1/2 or its square root lies near a step, where its last bit would count.
    """
    if spread <= 0.0:
        return 0.0
    step = np.floor(STEPS * np.log2(spread) - OFFSET) + OFFSET
    return float(min(spread, 2.0 ** (step / STEPS)))


def projection(vectors: Floats) -> Doubles:
    """Return the vectors in a few orthonormal directions, which bring no two further apart."""
    directions = _directions(vectors.shape[1])
    points = np.empty((len(vectors), directions.shape[1]))
    for part in row_parts(*vectors.shape):
        np.matmul(vectors[part].astype(np.float64), directions, out=points[part])
    return points


@lru_cache(maxsize=8)
def _directions(dim: int) -> Doubles:
    """Return orthonormal columns: ``(dim, PROJECTIONS)``, the same in every process."""
    random = np.random.default_rng(0).normal(size=(dim, min(dim, PROJECTIONS)))
    directions: Doubles = np.linalg.qr(random)[0]
    directions.flags.writeable = False
    return directions
