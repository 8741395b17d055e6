"""Sentences about a threshold that declines nothing or little, with the one that would.

``rule`` knows which threshold is in force.
"""

from __future__ import annotations

import math

from protolabel.arithmetic.calibration import Shortage
from protolabel.arithmetic.scores import score_range
from protolabel.arrays import Metric
from protolabel.words.certainty import percent

THRESHOLD_OFF = (
    "no document can be declined: the threshold is off; `protolabel set SPACE threshold auto` lets "
    "the label space fit one"
)

# The same for unit vectors.
SOME_THRESHOLD: dict[Metric, float] = {"cosine": 0.4, "euclidean": -1.2}
_ROUNDING = 1e-5  # by which two computations of one score may differ


def no_threshold_sentence(shortage: Shortage, metric: Metric) -> str:
    """Return the sentence that no document can be declined yet, why not, and what to do."""
    examples = "add examples, or " * shortage.examples_help
    if shortage.midway is None:
        how = (
            "by the scores beside the answers, such as `protolabel set SPACE threshold "
            f"{SOME_THRESHOLD[metric]:g}`"
        )
    else:
        how = (
            f"`protolabel set SPACE threshold {shortage.midway:g}` is halfway between the scores "
            "of the examples with their own class and with the nearest other one"
        )
    colon = " " if shortage.midway is None else ": "
    return (
        f"no document can be declined yet: {shortage.reason}; {examples}set a threshold{colon}{how}"
    )


def low_threshold_sentence(threshold: float, lowest: float, metric: Metric) -> str:
    """Return the sentence that a threshold that was set leaves nothing to group, and what to do.

    There is nothing to do where no threshold may be higher than that score.

    Args:
        threshold: as it was set.
        lowest: the lowest score of the documents that could be grouped.
        metric: of the label space.
    """
    words = (
        f"the threshold, set to {threshold:g}, declines none of the documents that can be grouped; "
        f"the lowest of their scores is {lowest:.3f}"
    )
    highest = score_range(metric)[1]
    if highest - lowest < _ROUNDING:
        return f"{words}, and no threshold may be higher"
    declining = min(math.ceil(100.0 * lowest + 1.0) / 100.0, highest)
    return f"{words}: `protolabel set SPACE threshold {declining:g}` declines that one"


def most_strangers_answered(answers: float, threshold: float, coverage: float) -> str:
    """Return the sentence that the fitted threshold answers most strangers, and what to do.

    Args:
        answers: the share of simulated strangers that get an answer.
        threshold: another one, which nine in ten of them do not reach.
        coverage: the share of simulated documents that belong and reach it.
    """
    words = (
        "most documents of no class get an answer: the fitted threshold answers "
        f"{percent(answers)} of the simulated strangers; add classes or examples"
    )
    declines = f"declines 9 in 10 of them, and answers about {percent(coverage)} of what belongs"
    if coverage < 0.5:
        return f"{words}. A threshold of {threshold:g} {declines}"
    return f"{words}, or set a threshold: `protolabel set SPACE threshold {threshold:g}` {declines}"
