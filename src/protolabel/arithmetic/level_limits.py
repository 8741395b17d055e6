"""The least chance of an answer at each level above the classes, from the least chance of a class.

Where one chance held for all levels, strangers that a class above answers took up the errors that a
target allows, and the classes below had to be surer for it. So the answers of each level may be as
unsure as those of the classes are on average, and no more: they fill in, and cost no depth.
"""

from __future__ import annotations

import numpy as np

from protolabel.arrays import Doubles

ROUNDING = 1e-9  # relative: two means of the same chances differ by less, two others by more


def level_limits(chances: Doubles, weights: Doubles, least_chance: float) -> Doubles:
    """Return the least chance of an answer at each level, from the top down.

    From the deepest level up, each answers what none below it does: as many of these, the likeliest
    first, as keep the mean chance of being wrong at or below that of the classes' answers. Whether
    an answer was right plays no part.

    Args:
        chances: (n, w), of each level of n cases, from the top down; the nearest class is last.
        weights: (n,), the share of the stream that each case stands for.
        least_chance: of the nearest class.

    Returns:
        (w,): ``least_chance`` last, and no less anywhere; infinite where a level never answers.
    """
    limits = np.full(chances.shape[1], np.inf)
    limits[-1] = least_chance
    is_unsure = chances[:, -1] < least_chance
    if is_unsure.all():
        return limits
    unsure = np.average(1.0 - chances[~is_unsure, -1], weights=weights[~is_unsure])
    for level in range(len(limits) - 2, -1, -1):
        places = np.flatnonzero(is_unsure & (chances[:, level] >= least_chance))
        places = places[np.argsort(-chances[places, level], kind="stable")]
        falling, weight = chances[places, level], weights[places]
        means = np.cumsum(weight * (1.0 - falling)) / np.maximum(np.cumsum(weight), 1e-300)
        enough = np.flatnonzero(means <= unsure * (1.0 + ROUNDING))
        if len(enough):
            limits[level] = falling[enough[-1]]
            is_unsure &= chances[:, level] < limits[level]
    return limits
