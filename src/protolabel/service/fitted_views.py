"""What answers documents: the newest version, after a bounded wait for the fits of its prototypes.

Without them nothing is declined, and there is no probability. They are made in a thread of their
own, one run at a time: a run fits the version that is the newest when it begins. Who asks gets that
version, or a newer one. So a caller's own change counts, and changes that follow each other faster
than fits hold nobody up. A run that takes too long is waited for no longer.
"""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass

from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.session import session_of
from protolabel.label_space.view import View

log = logging.getLogger("protolabel.service")


@dataclass(frozen=True, slots=True)
class _Run:
    """One making of fits: the view that it ends with, and when it began, in seconds."""

    view: Future[View]
    begun: float


class FittedViews:
    """The views of one open label space that answer documents; threads may share it."""

    def __init__(self, space: LabelSpace, seconds: float) -> None:
        """Make no fit yet.

        Args:
            space: whose views they are.
            seconds: for which fits are waited for at most.
        """
        self._space, self._seconds = space, seconds
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="calibrate")
        self._lock = threading.Lock()
        self._last: _Run | None = None
        self._failed: int | None = None  # the basis whose fits could not be made here

    def newest(self) -> View:
        """Return a view of the version that is the newest now, or of one that came since.

        It has the fits of its prototypes, unless these cannot be made in time. Call it in a thread.
        """
        view = self._space.view()
        if is_fitted(view) or view.prototypes.basis == self._failed:
            return view
        deadline = time.monotonic() + self._seconds
        while True:
            try:
                run = self._run()
                end = min(deadline, run.begun + self._seconds)
                fitted = run.view.result(max(end - time.monotonic(), 0.0))
            except (TimeoutError, CancelledError):
                return self._space.view()
            except Exception as error:  # the answers say what is missing
                self._failed = view.prototypes.basis
                log.warning("answers do not wait for their fits: %s", type(error).__name__)
                return self._space.view()
            if fitted.version >= view.version:
                return fitted

    def calibrated(self) -> View:
        """Return the same as :meth:`newest`, however long its fits take."""
        from protolabel.label_space.fits_of_session import calibrated_view

        return calibrated_view(session_of(self._space))

    def close(self) -> None:
        """Wait for the run that is under way, and begin no other."""
        self._thread.shutdown()

    def _run(self) -> _Run:
        """Return the run that is under way, or a new one."""
        with self._lock:
            if self._last is None or self._last.view.done():
                future = self._thread.submit(self.calibrated)
                self._last = _Run(future, time.monotonic())
            return self._last


def is_fitted(view: View) -> bool:
    """Return whether a view has the fits of its prototypes, or why there are none."""
    return not view.fits.lacking(refined=False)
