"""Which rows of a table of examples are those of an earlier one: so arrays beside it are updated.

Rows that stayed keep their numbers, and only those of new rows are made. Nothing is computed here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from protolabel.arrays import Mask, Positions

Kind = TypeVar("Kind", bound=np.generic)


@dataclass(frozen=True, slots=True, eq=False)
class RowChange:
    """What became of the rows of a table.

    before ``(n,)``: the row of the older table, of ``size`` rows, that each row of the newer one
    was; -1 where it is new. fresh ``(f,)``: the new ones.
    """

    before: Positions
    size: int
    fresh: Positions = field(init=False)

    def __post_init__(self) -> None:
        """Find the new rows."""
        object.__setattr__(self, "fresh", np.flatnonzero(self.before < 0))

    @property
    def lost(self) -> Positions:
        """Rows of the older table that are not in the newer one. *Shape:* ``(g,)``."""
        is_lost: Mask = np.ones(self.size, np.bool_)
        is_lost[self.before[self.before >= 0]] = False
        return np.flatnonzero(is_lost)

    @property
    def share(self) -> float:
        """How many rows came or went, in parts of all."""
        stayed = len(self.before) - len(self.fresh)
        return (len(self.fresh) + self.size - stayed) / max(1, len(self.before))

    def column(self, old: npt.NDArray[Kind], fresh: npt.NDArray[Kind]) -> npt.NDArray[Kind]:
        """Return an array beside the rows: what it was, and ``fresh`` ``(f, ...)`` for new rows."""
        if not len(old):
            return fresh.copy()
        values = np.take(old, np.maximum(self.before, 0), axis=0)
        values[self.fresh] = fresh
        return values
