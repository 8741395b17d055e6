"""What the fits of an open label space are made from, kept from one version to the next.

``next_support`` makes that of a version. What is kept carries the version and the encoding that it
was made from, and both are compared with the rows each time: it does not matter what happened in
between, or where.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protolabel.arithmetic.snapshot import Snapshot
from protolabel.label_space.fits.fit_bounds import MOST_FITTED
from protolabel.store import Rows

if TYPE_CHECKING:
    from protolabel.label_space.fits.fit_support import FitSupport
    from protolabel.label_space.fits.next_support import SupportParts

LEAST_EXAMPLES = 2000  # of fewer, all is made from nothing as fast
MOST_NUMBERS = 24_000_000  # that are kept, of embeddings and of totals of classes: about 100 MB


class KeptSupport:
    """The support of the newest version that was fitted, for the next one.

    Of two threads that read at the same time, one makes everything from nothing.

    Args:
        least: examples below which nothing is kept; None: ``LEAST_EXAMPLES``.
    """

    def __init__(self, least: int | None = None) -> None:
        self._least = LEAST_EXAMPLES if least is None else least
        self._memory: list[SupportParts] = []  # one or none; whoever works with it has it alone
        self._keeping = True
        self.updates = 0  # versions that were made from an older one

    @property
    def is_empty(self) -> bool:
        """Whether nothing is kept now."""
        return not self._memory

    def read(self, rows: Rows, snapshot: Snapshot) -> FitSupport:
        """Return what :func:`read_support` returns for the prototypes of a version."""
        from protolabel.label_space.fits.fit_support import read_support
        from protolabel.label_space.fits.next_support import VersionRows, support_of

        try:
            last = self._memory.pop()  # one step, so that no other thread gets it too
        except IndexError:
            last = None
        if not self._keeping or not self._can_keep(rows, snapshot):
            return read_support(rows, snapshot)
        version_rows = VersionRows.of(rows, snapshot, last)
        result = support_of(
            version_rows, last if version_rows.change is not None else None, snapshot
        )
        if result is None:  # its vectors lie so close together that comparing them takes too long
            self._keeping = False
            return read_support(rows, snapshot)
        parts, fit_support = result
        self.updates += version_rows.change is not None
        self._memory[:] = [parts]
        if not self._keeping:  # closed just now
            self._memory.clear()
        return fit_support

    def close(self) -> None:
        """Keep nothing from now on."""
        self._keeping = False
        self._memory.clear()

    def _can_keep(self, rows: Rows, snapshot: Snapshot) -> bool:
        examples = sum(int(block.counts.sum()) for block in snapshot.blocks)
        numbers = (examples + 5 * snapshot.n_classes) * snapshot.dim
        fits = self._least <= examples <= MOST_FITTED and numbers <= MOST_NUMBERS
        return fits and not rows.has_negatives(snapshot.version)
