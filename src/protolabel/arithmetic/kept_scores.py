"""Calibrates prototypes again after a change, from the sums of scores of the calibration before.

The outcome is that of ``calibrate(simulate(support))``, but for rounding. What is kept is compared
with the examples each time, so it does not matter what happened in between, or where: the sums may
come from another process, through the store.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from protolabel.arithmetic.calibration import Calibration, Shortage, calibrate
from protolabel.arithmetic.kept_queries import is_flat
from protolabel.arithmetic.leave_one_out import simulate
from protolabel.arithmetic.score_sums import QueryChange, ScoreSums
from protolabel.arithmetic.simulated_documents import SimulatedDocuments, Traces
from protolabel.arithmetic.simulation import Likely
from protolabel.arithmetic.support import Support
from protolabel.arrays import Doubles, Floats, Keys

LEAST_CELLS = 500_000  # of a score matrix: a smaller one is made anew as fast
MOST_CHANGED = 0.05


class KeptScores:
    """The sums of scores of the newest calibration of one label space, for the next one.

    Until the next one wants their sums, it keeps the scores themselves: at most
    ``leave_one_out.MOST_CELLS`` float32, 32 MB. Of two threads that calibrate at the same time, one
    makes everything anew.

    Args:
        least_cells: classes x queries below which nothing is kept; None: ``LEAST_CELLS``.
        most_changed: share of either beyond which everything is made anew; None: ``MOST_CHANGED``.

    Attributes:
        updates: calibrations that were made from what was kept.
        behind: classes that have changed since the sums that are stored; infinite without any.
    """

    def __init__(self, least_cells: int | None = None, most_changed: float | None = None) -> None:
        self._least_cells = LEAST_CELLS if least_cells is None else least_cells
        self._most_changed = MOST_CHANGED if most_changed is None else most_changed
        self._memory: list[_Start | ScoreSums] = []  # one or none; its user has it alone
        self._keeping = True
        self.updates, self.behind = 0, math.inf

    @property
    def is_empty(self) -> bool:
        """Whether nothing is kept now."""
        return not self._memory

    def begin(self, sums: ScoreSums) -> None:
        """Take the sums that are stored, where nothing is kept yet."""
        if self.is_empty:
            self._keep(sums)
            self.behind = 0

    def sums(self, *, of_scores: bool) -> ScoreSums | None:
        """Return the sums that are kept; None where there are none.

        Args:
            of_scores: whether to make them of scores that are kept.
        """
        try:
            last = self._memory[0]
        except IndexError:
            return None
        if isinstance(last, ScoreSums):
            return last
        return last.sums() if of_scores else None

    def calibrate(
        self, support: Support, keys: Keys, sizes: Doubles | None
    ) -> Calibration | Shortage:
        """Return the calibration of the prototypes of a support.

        Args:
            support: of K classes.
            keys: (K,), ascending, which stay the same as other classes come and go.
            sizes: (K,), as ``calibration.calibrate`` takes them.
        """
        try:
            last = self._memory.pop()  # one step, so that no other thread gets it too
        except IndexError:
            return self._anew(support, keys, sizes)
        after = SimulatedDocuments.of(support, keys)
        change = QueryChange.between(last.traces, after)
        if change is None or change.share > self._most_changed:
            return self._anew(support, keys, sizes)
        sums = last.sums() if isinstance(last, _Start) else last
        queries, centred = sums.after(change).queries(after)
        if is_flat(queries):
            return self._anew(support, keys, sizes)
        calibration = calibrate(queries, sizes)
        likely = _likely(calibration) if isinstance(calibration, Calibration) else sums.likely
        self.updates += 1
        self.behind += len(change.keys)
        self._keep(centred.sums(likely))
        return calibration

    def _anew(self, support: Support, keys: Keys, sizes: Doubles | None) -> Calibration | Shortage:
        self.behind = math.inf
        simulation = simulate(support)
        calibration = calibrate(simulation, sizes)
        if isinstance(calibration, Calibration) and simulation.scores.size >= self._least_cells:
            documents = SimulatedDocuments.of(support, keys)
            if documents.traces.distinct:
                self._keep(_Start(documents, simulation.scores, _likely(calibration)))
        return calibration

    def _keep(self, scores: _Start | ScoreSums) -> None:
        self._memory[:] = [scores]
        if not self._keeping:  # closed just now
            self._memory.clear()

    def close(self) -> None:
        """Keep nothing from now on."""
        self._keeping = False
        self._memory.clear()


@dataclass(frozen=True, slots=True, eq=False)
class _Start:
    """What a calibration from nothing leaves: documents, scores ``(m, K)``, and what it found."""

    documents: SimulatedDocuments
    scores: Floats
    likely: Likely

    @property
    def traces(self) -> Traces:
        return self.documents.traces

    def sums(self) -> ScoreSums:
        """Return the sums of the scores."""
        return ScoreSums.of(self.documents, self.scores, self.likely)


def _likely(calibration: Calibration) -> Likely:
    return Likely(1.0 / calibration.temperature, calibration.belonging)
