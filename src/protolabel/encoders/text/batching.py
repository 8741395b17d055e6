"""Plans batches of rows of unequal length: which together, and how wide. Pure arithmetic.

It sees lengths only: no tokens, no engine. What a row holds, one sequence or several, stands in
:mod:`packing`. A batch costs what its padded tokens cost, so rows of like length go together and a
batch is as large as a budget of padded tokens allows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

# docs/decisions/0002 has the measurements.
EXACT = 48  # tokens up to which a batch is as wide as its longest row
STEP = 16  # above, its width is a multiple of this, and so it is just below a multiple
START = 96  # padded tokens whose time a batch takes besides
_BUDGETS = (1, 3 / 4, 1 / 2, 3 / 8, 1 / 4, 3 / 16, 1 / 8)  # of the given one, which plans may have
_MANY = 8  # budgets of tokens for each stream: then all plans end at about the same time


@dataclass(frozen=True)
class Batch:
    """``rows``: (b,) int64, which rows; ``width``: tokens that each is padded to."""

    rows: npt.NDArray[np.int64]
    width: int


def plan_streams(
    lengths: npt.NDArray[np.int64], *, budget: int, widest: int, n_streams: int
) -> list[Batch]:
    """Plan batches for streams that work side by side: those whose last stream ends first.

    Smaller batches share the work out better, and cost more in all. For one stream, batches are as
    large as the budget allows. Arguments and errors are those of :func:`plan_batches`.
    """
    plan = plan_batches(lengths, budget=budget, widest=widest)
    if n_streams == 1 or int(lengths.sum()) > _MANY * budget * n_streams:
        return plan
    parts = (max(1, int(budget * share)) for share in _BUDGETS[1:])
    plans = [plan, *(plan_batches(lengths, budget=part, widest=widest) for part in parts)]
    return min(plans, key=lambda one: _end(one, n_streams))


def _end(plan: list[Batch], n_streams: int) -> int:
    """Return when the last stream ends, in padded tokens: streams take batches in turn."""
    ends = [0] * n_streams
    for number, batch in enumerate(plan):
        ends[number % n_streams] += START + batch.width * batch.rows.size
    return max(ends)


def plan_batches(lengths: npt.NDArray[np.int64], *, budget: int, widest: int) -> list[Batch]:
    """Share rows out into batches, the longest first, each within ``budget`` padded tokens.

    ``lengths``: (n,) int64, tokens of each row, all at least 1. Every row is in exactly one batch;
    one that is longer than the budget has a batch of its own. Equal lengths keep their order, so
    the plan depends on the lengths alone.

    A batch ends before its budget where the rows that follow are so much shorter that a batch
    of their own costs less than their padding would.

    A width is rounded up to a multiple of ``STEP`` where it exceeds ``EXACT`` or is within an
    eighth of that multiple, unless it would exceed ``widest``: odd widths cost more than the
    padding does.

    Raises:
        ValueError: a length is below 1 or beyond ``widest``, or the budget is below 1.
    """
    if budget < 1 or (lengths.size and int(lengths.min()) < 1):
        raise ValueError("lengths and budget must be at least 1")
    if lengths.size and int(lengths.max()) > widest:
        raise ValueError(f"a length of {int(lengths.max())} exceeds the widest batch, {widest}")
    order = np.argsort(-lengths, kind="stable")
    widths = _widths(lengths[order], widest)
    batches: list[Batch] = []
    start = 0
    while start < order.size:
        width = int(widths[start])
        n = _n_together(widths[start : start + max(1, budget // width)])
        batches.append(Batch(order[start : start + n], width))
        start += n
    return batches


def _widths(lengths: npt.NDArray[np.int64], widest: int) -> npt.NDArray[np.int64]:
    """Return how wide a batch is whose longest row has each of these lengths: (n,)."""
    rounded = np.minimum(-(-lengths // STEP) * STEP, widest)
    return np.where((lengths > EXACT) | (8 * lengths >= 7 * rounded), rounded, lengths)


def _n_together(widths: npt.NDArray[np.int64]) -> int:
    """Return how many of the rows that would fit into a batch go into it.

    ``widths``: (n,) that a batch would have which begins with each, the widest first.
    """
    savings = (widths[0] - widths) * np.arange(widths.size, 0, -1)  # of padded tokens
    place = int(savings.argmax())
    return place if savings[place] > START else widths.size
