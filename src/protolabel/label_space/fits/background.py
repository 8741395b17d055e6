"""Runs fits in a thread: when to begin, to stop, to try again and to end. Not what is fitted.

There is one thread a label space. It starts when the newest view first lacks a fit. It ends with
the label space or with the process. A fit that failed is tried again after a pause that doubles.
"""

from __future__ import annotations

import atexit
import importlib
import logging
import os
import threading
import time
import weakref
from collections.abc import Callable

from protolabel.arithmetic.lbfgs import Stop

FIRST_PAUSE = 1.0  # seconds between a failure and the next attempt; doubled after each
LONGEST_PAUSE = 300.0
LONGEST_EXIT = 30.0  # seconds that the end of the process waits for one step of a fit

_OF_FITS = (
    "numpy.ma", "safetensors.numpy",
    "protolabel.label_space.fits.fit_plan", "protolabel.label_space.fits.fit_support",
    "protolabel.label_space.fits.next_support", "protolabel.label_space.fits_of_session",
)  # fmt: skip

log = logging.getLogger(__name__)
_running: weakref.WeakSet[Background] = weakref.WeakSet()


class Background:
    """Calls ``work(should_stop)`` in a thread for as long as the newest view lacks fits.

    Args:
        work: makes the fits that are lacking; returns soon once ``should_stop()`` is true.
        enabled: whether there is a thread at all; without it only :meth:`alone` runs work.
    """

    def __init__(self, work: Callable[[Stop], None], *, enabled: bool) -> None:
        self._work, self._enabled = work, enabled
        self._closed = False
        self._basis: int | None = None  # of the fits that are lacking
        self._pause, self._next_attempt = FIRST_PAUSE, 0.0
        self._thread: threading.Thread | None = None
        self._condition = threading.Condition()
        self._busy = threading.RLock()  # what follows a fit may ask for answers, and so for fits
        _running.add(self)

    @property
    def closed(self) -> bool:
        """Whether no more fits are made."""
        return self._closed

    def want(self, basis: int | None) -> None:
        """Note the basis of the fits that the newest view lacks, or None if it lacks none.

        Another basis overtakes the fit that is being made. The same one changes nothing, so that
        this may be called at every look.
        """
        if basis == self._basis or not self._enabled:
            return
        with self._condition:
            self._basis = basis
            self._pause, self._next_attempt = FIRST_PAUSE, 0.0
            if basis is not None and self._thread is None and not self._closed:
                _import_ahead()
                name = "protolabel-fits"
                self._thread = threading.Thread(target=self._run, name=name, daemon=True)
                self._thread.start()
            self._condition.notify_all()

    def alone(self, work: Callable[[Stop], None]) -> None:
        """Run work here, and not while the thread works. Only :meth:`close` stops it."""
        with self._busy:
            work(lambda: self._closed)

    def close(self, wait: float | None = None) -> None:
        """Stop the work soon and wait for the thread, for ``wait`` seconds at most."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(wait)

    def close_in_child(self) -> None:
        """Count as closed in a forked child: the thread and its locks stayed with the parent."""
        self._closed = True
        self._thread = None
        self._condition = threading.Condition()
        self._busy = threading.RLock()

    def _run(self) -> None:
        while (basis := self._next()) is not None:
            try:
                with self._busy:
                    self._work(lambda: self._overtaken(basis))
            except Exception as error:
                log.warning("a fit in the background failed and will be tried again: %s", error)
            self._note_attempt(basis)

    def _next(self) -> int | None:
        """Wait for something to fit; return its basis, or None at the end."""
        with self._condition:
            while not self._closed:
                left = self._next_attempt - time.monotonic()
                if self._basis is not None and left <= 0.0:
                    return self._basis
                self._condition.wait(None if self._basis is None else left)
        return None

    def _overtaken(self, basis: int | None) -> bool:
        return self._closed or self._basis != basis

    def _note_attempt(self, basis: int) -> None:
        """Pause before the next attempt, if the same fits are still lacking."""
        with self._condition:
            if self._basis == basis:
                self._next_attempt = time.monotonic() + self._pause
                self._pause = min(2.0 * self._pause, LONGEST_PAUSE)


def _import_ahead() -> None:
    """Import what fits would import in the thread.

    A child that is forked in the middle of an import waits for its lock forever. ``numpy.unique``
    imports ``numpy.ma``.
    """
    for module in _OF_FITS:
        importlib.import_module(module)


@atexit.register
def _close_all() -> None:
    """End all threads before the interpreter takes their modules apart."""
    for background in list(_running):
        background.close(LONGEST_EXIT)


def _close_in_child() -> None:
    for background in list(_running):
        background.close_in_child()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_close_in_child)
