"""How far apart documents of one class lie, and documents of two, estimated from the classes.

Two groups of documents are taken for one class where they lie about as near as documents of one
class do. It says nothing about probabilities: ``calibration`` does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from protolabel.arithmetic.average_linkage import Moments
from protolabel.arithmetic.directions import Directions
from protolabel.arithmetic.support import Support
from protolabel.arrays import Floats

SHARE = 0.4  # of the way from one class to two: chosen on validation classes, decision 34
REJOINED = 0.2  # of that way, for two groups of vectors that are not weighted: decision 34
REACH = 0.6  # of that way, for a single document and a group: decision 34
SHARE_OF_POOL = 0.73  # of the distance of a pool, where classes say too little: decision 34
HOLD = 1.2  # times the distance of a pool: from there on a document leaves its group
FEWEST_CLASSES = 3  # from which the distance of two classes is estimated


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean squared distances between two documents.

    Attributes:
        within: of one class.
        between: of two classes.
    """

    within: float
    between: float

    @property
    def height(self) -> float:
        """Mean squared distance below which two groups are taken for one class."""
        return self.at(SHARE)

    def at(self, share: float) -> float:
        """Return the distance that is a share of the way from one class to two."""
        return self.within + share * (self.between - self.within)


def spread_of(support: Support, directions: Directions | None = None) -> Spread | None:
    """Return the spread of a label space's classes, copies of a document counted once.

    Args:
        support: the examples.
        directions: by which the examples are weighted first.

    Returns:
        None where fewer than ``FEWEST_CLASSES`` classes have two different examples.
    """
    moments = _classes(support, directions)
    several = moments.only(np.flatnonzero(moments.counts >= 2))
    counts = several.counts
    if len(counts) < FEWEST_CLASSES:
        return None
    scatter = float((counts * several.scatter()).sum() / (counts - 1.0).sum())
    return Spread(2.0 * scatter, max(_between(several), 2.0 * scatter))


@dataclass(frozen=True, slots=True)
class GroupLimits:
    """Mean squared distances that decide on groups.

    Attributes:
        height: two groups that are nearer than this are taken for one class.
        rejoin: two groups that are nearer than this are joined, even where weighting has separated
            them; 0 where the classes say too little.
        reach: a document of no group goes to the nearest one if that is nearer than this.
        hold: a document leaves its group if that is this far away or farther. Where the classes say
            too little it is larger than ``reach``: half of the documents of a pool of one kind lie
            farther from their group than the mean distance of the pool.
        between: how far apart documents of two classes are on average, or those of the pool where
            the classes say too little. A group this wide has tightness 0.
    """

    height: float
    rejoin: float
    reach: float
    hold: float
    between: float


def limits_of(sample: Floats, support: Support) -> GroupLimits:
    """Return the limits that the classes say, or that a pool does where they say too little.

    Args:
        sample: documents of the pool ``(n, d)``.
        support: the examples.
    """
    spread = spread_of(support)
    if spread is not None:
        reach = spread.at(REACH)
        return GroupLimits(spread.height, spread.at(REJOINED), reach, reach, spread.between)
    distance = pool_distance(sample, support)
    return GroupLimits(SHARE_OF_POOL * distance, 0.0, distance, HOLD * distance, distance)


def pool_distance(sample: Floats, support: Support, directions: Directions | None = None) -> float:
    """Return the mean squared distance of two documents of a pool or, if larger, of two classes.

    The documents of a pool may all be alike, and are then one group beside classes far apart.

    Args:
        sample: documents of the pool ``(n, d)``.
        support: the examples.
        directions: by which documents and examples are weighted first.
    """
    classes = _classes(support, directions)
    apart = _between(classes.only(np.flatnonzero(classes.counts > 0)))
    if not len(sample):
        return apart
    vectors = sample if directions is None else directions.weighted(sample)
    whole = Moments.of(vectors, np.zeros(len(vectors), np.int64), 1)
    return max(2.0 * float(whole.scatter()[0]), apart)


def _classes(support: Support, directions: Directions | None) -> Moments:
    """Return the moments of the classes, copies of a document counted once."""
    rows = support.documents()
    vectors = support.embeddings[rows]
    if directions is not None:
        vectors = directions.weighted(vectors)
    return Moments.of(vectors, support.labels[rows], support.n_classes)


def _between(classes: Moments) -> float:
    """Return the mean squared distance between documents of two classes; 0 if there is only one."""
    is_pair = ~np.eye(len(classes.counts), dtype=np.bool_)
    return float(classes.distances(classes)[is_pair].mean()) if is_pair.any() else 0.0
