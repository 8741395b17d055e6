"""What protolabel's rule for long documents has right more than others, with intervals.

The plain mean and the first passage get the names as protolabel does, by a label space, or as 1 or
3 examples.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.intervals import Sampling, paired_text
from benchmarks.pooling_rules import FIRST, FOCUS, MEAN, OWN

SPACE = "label space"
OURS = f"**{FOCUS.format(OWN)}**; {SPACE}"
RIVALS = tuple(f"{rule}; {weight}" for rule in (MEAN, FIRST) for weight in (SPACE, "1", "3"))
DIFFERENCES = (
    "What the row in bold has right more than another, in points: both answer the same documents "
    "from the same examples. In brackets: the same documents as above, with an interval of their "
    "own."
)


@dataclass(frozen=True)
class Difference:
    """A difference as a cell of a table, and its values by draw."""

    text: str
    values: dict[str, list[float]]


def per_cent(right: Sequence[np.ndarray]) -> list[float]:
    """Per cent right of each draw."""
    return [100.0 * float(own.mean()) for own in right]


def differences_of(
    right_by: Mapping[str, Sequence[np.ndarray]], parts: Sequence[np.ndarray], how: Sampling
) -> dict[str, Difference]:
    """What ours has more than each rival, over all queries and over a part of each draw's."""
    n_of_part = round(float(np.mean([part.sum() for part in parts])))
    ours = right_by[OURS]
    return {
        name: difference(ours, right_by[name], parts, (how, Sampling(n_of_part, how.shared)))
        for name in RIVALS
    }


def difference(
    ours: Sequence[np.ndarray],
    other: Sequence[np.ndarray],
    parts: Sequence[np.ndarray],
    hows: tuple[Sampling, Sampling],
) -> Difference:
    """Ours minus the other, of all queries and of the part in brackets."""
    pairs = list(zip(ours, other, strict=True))
    of_part = [(a[part], b[part]) for (a, b), part in zip(pairs, parts, strict=True)]
    texts, values = [], {}
    for place, own, how in zip(("all", "in brackets"), (pairs, of_part), hows, strict=True):
        more = [100.0 * (float(a.mean()) - float(b.mean())) for a, b in own]
        texts.append(paired_text(more, per_cent([a != b for a, b in own]), how))
        values[place] = more
    return Difference(f"{texts[0]} ({texts[1]})", values)
