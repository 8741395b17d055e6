"""Fits that follow from the rows, computed after changes and out of their way.

A change is answered from the prototypes at once. What takes longer (kappa, the refinement, the
calibration) is fitted here, in a thread or on request, stored as derived, and taken up by the next
view. A fit that a newer change has overtaken is stopped.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import numpy as np

from protolabel.arithmetic.calibration import Shortage
from protolabel.arithmetic.cross_fit import cross_fit
from protolabel.arithmetic.kappa import estimate_kappa
from protolabel.arithmetic.leave_one_out import simulate
from protolabel.arithmetic.refinement import refine
from protolabel.arithmetic.seen_examples import calibrated
from protolabel.label_space.settings import FIRST_KAPPA
from protolabel.label_space.stored_fits import (
    keep_calibration,
    keep_refinement,
    learned_in_force,
    stored_calibration,
)
from protolabel.label_space.support import support_of
from protolabel.label_space.view import View
from protolabel.store import Rows

SETTLED = 1.5  # a new estimate of kappa counts if it differs by more than this factor

Stop = Callable[[], bool]
log = logging.getLogger(__name__)


def fitted(rows: Rows, view: View, should_stop: Stop) -> float | None:
    """Make and store the fits that the view lacks; or return the kappa to tune to before that.

    Nothing is stored if ``should_stop()`` came true or the file has moved on meanwhile.
    """
    snapshot, settings = view.prototypes, view.settings
    if _complete(rows, view):
        return None
    with rows.reading():
        if rows.version() != view.version:
            return None
        support, items = support_of(rows, snapshot)
        learned, known = learned_in_force(rows, view.version)
    seen = np.isin(items, known)
    if settings.kappa_auto and rows.writable:
        estimate = estimate_kappa(support)
        kappa = FIRST_KAPPA if estimate is None else estimate
        if not 1 / SETTLED <= kappa / max(settings.kappa, 1e-9) <= SETTLED:
            return kappa
    simulation = simulate(support)
    sizes = snapshot.sizes if snapshot.metric == "cosine" else None
    of_prototypes = calibrated(simulation, sizes, learned, seen)
    keep_calibration(rows, snapshot.basis, "prototypes", of_prototypes)
    if not settings.refine or should_stop():
        return None
    if snapshot.metric != "cosine":  # the pull and its temperature are made for unit vectors
        keep_calibration(rows, snapshot.basis, "refined", of_prototypes)
        keep_refinement(rows, snapshot.basis, None)
        return None
    refinement = refine(support, should_stop=should_stop)
    crossed = None
    if refinement is not None:
        crossed = cross_fit(support, should_stop=should_stop)
    if should_stop():
        return None
    of_refined = of_prototypes
    if crossed is not None:
        of_refined = calibrated(crossed, None, learned, seen)  # refined scores allow for sizes
    elif refinement is not None:
        of_refined = Shortage("needs a class with two examples or more to try refined scores on")
    keep_calibration(rows, snapshot.basis, "refined", of_refined)
    keep_refinement(rows, snapshot.basis, refinement)
    return None


def _complete(rows: Rows, view: View) -> bool:
    snapshot = view.prototypes
    if stored_calibration(rows, snapshot, "prototypes") is None:
        return False
    if not view.settings.refine:
        return True
    return rows.fit("refinement", snapshot.basis) is not None


class Settler:
    """Runs ``work(should_stop)`` once after any number of changes: in a thread, or when asked."""

    def __init__(self, work: Callable[[Stop], None], *, background: bool) -> None:
        self._work, self._background = work, background
        self._condition = threading.Condition()
        self._wanted = 0  # changes so far
        self._closed = False
        self._thread: threading.Thread | None = None
        self._busy = threading.Lock()

    def poke(self) -> None:
        """Something changed: what is being fitted is overtaken."""
        with self._condition:
            self._wanted += 1
            if self._background and self._thread is None and not self._closed:
                self._thread = threading.Thread(
                    target=self._run, name="protolabel-settler", daemon=True
                )
                self._thread.start()
            self._condition.notify_all()

    def settle(self) -> None:
        """Fit what is lacking now, and return when it is done."""
        with self._busy:
            self._work(lambda: self._closed)

    def close(self) -> None:
        """Stop soon, and wait for it."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _overtaken(self, since: int) -> Stop:
        return lambda: self._closed or self._wanted > since

    def _run(self) -> None:
        done = 0
        while True:
            with self._condition:
                self._condition.wait_for(self._overtaken(done))
                if self._closed:
                    return
                done = self._wanted
            try:
                with self._busy:
                    self._work(self._overtaken(done))
            except Exception as error:
                log.warning("a fit in the background failed: %s", error)
