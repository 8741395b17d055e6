"""The plane in which vectors differ most: a map of documents, by principal components."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from protolabel.arrays import Doubles, Floats

MOST = 10_000  # vectors that the plane is fitted to; others are only placed on it
AT_ONCE = 2048  # vectors in float64: 6 MB at 384 dimensions
_DRAW = 20130624  # the seed of the direction by which axes have their signs: any number does


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """Two directions through a centre.

    Attributes:
        centre: (d,), the mean of the vectors.
        axes: (2, d), orthonormal, the direction of most spread first.
        share: the part of the spread of the vectors that lies in the plane, 0 to 1.
    """

    centre: Doubles
    axes: Doubles
    share: float

    def places(self, vectors: Floats) -> Doubles:
        """Return where vectors lie: (n, d) -> (n, 2)."""
        places = np.empty((len(vectors), 2))
        for start in range(0, len(vectors), AT_ONCE):
            part = slice(start, start + AT_ONCE)
            places[part] = vectors[part].astype(np.float64) @ self.axes.T
        return places - self.axes @ self.centre


def principal_plane(vectors: Floats, seed: int = 0) -> Plane:
    """Return the plane that holds most of the spread of n vectors, (n, d).

    Each axis points to the same side as a fixed direction (``_fixed_direction``), which no vector
    changes; so a map is not mirrored when a few vectors come or go. ``seed`` draws the vectors that
    it is fitted to where there are many.

    Source: Pearson 1901; the eigenvectors of the covariance.
    """
    n, dim = vectors.shape
    if n > MOST:
        rows = np.random.default_rng(seed).choice(n, MOST, replace=False)
        vectors = vectors[np.sort(rows)]
    if n == 0 or dim < 2:
        return Plane(np.zeros(dim), np.eye(2, dim), 1.0)
    sample = vectors.astype(np.float64)
    centre = sample.mean(axis=0)
    sample -= centre
    values, columns = np.linalg.eigh(sample.T @ sample / len(sample))
    axes = columns[:, ::-1].T[:2]
    axes = axes * np.where(axes @ _fixed_direction(dim) < 0, -1.0, 1.0)[:, None]
    total = float(values.sum())
    return Plane(centre, axes, float(values[-2:].sum()) / total if total > 0 else 1.0)


def _fixed_direction(dim: int) -> Doubles:
    """Return a direction ``(dim,)`` that lies across an axis only by rare chance.

    A sign is unstable where what decides on it is near zero. The largest entry of an axis is not
    enough either: several entries of either sign may be about as large. The product with a
    direction that was drawn once moves little when the axis does.
    """
    return np.random.default_rng(_DRAW).standard_normal(dim)
