"""What a process does when it is asked to end: by Ctrl-C (SIGINT) or by SIGTERM.

Only the main thread may take signals, and each handler is put back at the end.
"""

from __future__ import annotations

import _thread
import math
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPT = signal.SIGINT
TERMINATE = signal.SIGTERM
SAME = 1.0  # seconds: `timeout` signals its child, and then the child once more with its group

_LATER = 0.002  # seconds until a signal that came at a bad time is looked at again
_IMPORT_SYSTEM = "<frozen importlib._bootstrap"  # how the names of its files begin


def interrupt_at_stop_signals(*, same: float = SAME) -> None:
    """Raise KeyboardInterrupt in the main thread at Ctrl-C and SIGTERM from now on.

    Python's own handler may raise it within the import system, between a lock that is taken and the
    block that gives it back. Then no other thread can import anything more, and whoever waits for
    such a thread waits for good. Here the signal waits until the import system has ended its step.

    Args:
        same: seconds after an interrupt in which further signals are the same one. The work that
            ends what was begun is not cut off so.
    """
    last = -math.inf

    def handle(number: int, frame: FrameType | None) -> None:
        nonlocal last
        if frame is not None and frame.f_code.co_filename.startswith(_IMPORT_SYSTEM):
            _thread.start_new_thread(_signal_later, (signal.Signals(number),))
        elif time.monotonic() - last >= same:
            last = time.monotonic()
            raise KeyboardInterrupt

    standard = {INTERRUPT: signal.default_int_handler, TERMINATE: signal.SIG_DFL}
    for name, handler in standard.items():
        if signal.getsignal(name) == handler:  # else somebody wants it ignored, as `nohup` does
            signal.signal(name, handle)


def _signal_later(number: signal.Signals) -> None:
    """Send the main thread a signal once more, which also ends what it waits for."""
    time.sleep(_LATER)
    main = threading.main_thread().ident
    if hasattr(signal, "pthread_kill") and main is not None:
        signal.pthread_kill(main, number)
    else:
        _thread.interrupt_main(number)


@contextmanager
def stop_signals(
    act: Callable[[], None],
    *,
    signals: tuple[signal.Signals, ...] = (INTERRUPT, TERMINATE),
    once: bool = False,
) -> Iterator[None]:
    """Call ``act`` at each of these signals while the block lasts.

    Args:
        act: what to do, in the main thread, between two instructions. It may raise.
        signals: those to take.
        once: the second signal does what it did before the block: it ends the process, as a rule.
    """

    def handle(number: int, frame: object) -> None:
        if once:
            restore()
        act()

    def restore() -> None:
        for name, handler in zip(signals, before, strict=True):
            signal.signal(name, handler)

    before = [signal.getsignal(name) or signal.SIG_DFL for name in signals]
    for name in signals:
        signal.signal(name, handle)
    try:
        yield
    finally:
        restore()
