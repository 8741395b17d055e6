"""Plans batches of sequences of unequal length: which together, and how wide. Pure arithmetic.

It sees lengths only: no tokens, no engine. A batch costs what its padded tokens cost, so sequences
of like length go together and a batch is as large as a budget of padded tokens allows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt


@dataclass(frozen=True)
class Batch:
    """``rows``: (b,) int64, which sequences; ``width``: tokens that each is padded to."""

    rows: npt.NDArray[np.int64]
    width: int


def plan_batches(lengths: npt.NDArray[np.int64], *, budget: int) -> list[Batch]:
    """Share sequences out into batches, the longest first, each within ``budget`` padded tokens.

    ``lengths``: (n,) int64, tokens of each sequence, all at least 1. Every sequence is in exactly
    one batch; one that is longer than the budget has a batch of its own. Equal lengths keep their
    order, so the plan depends on the lengths alone.

    Raises:
        ValueError: a length or the budget is below 1.
    """
    if budget < 1 or (lengths.size and int(lengths.min()) < 1):
        raise ValueError("lengths and budget must be at least 1")
    order = np.argsort(-lengths, kind="stable")
    batches: list[Batch] = []
    start = 0
    while start < order.size:
        width = int(lengths[order[start]])
        end = start + max(1, budget // width)
        batches.append(Batch(order[start:end], width))
        start = end
    return batches


def pad(
    sequences: list[npt.NDArray[np.int32]], batch: Batch, filler: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Lay a batch out: token numbers (b, width) filled up at the end, and lengths (b,), int32."""
    ids = np.full((batch.rows.size, batch.width), filler, np.int32)
    lengths = np.empty(batch.rows.size, np.int32)
    for at, row in enumerate(batch.rows.tolist()):
        sequence = sequences[row]
        ids[at, : sequence.size] = sequence
        lengths[at] = sequence.size
    return ids, lengths
