"""What a process does when it is asked to end: by Ctrl-C (SIGINT) or by SIGTERM.

One rule holds wherever they are taken: signals within a second of one that was taken are the same
one. A signal that the caller of this process ignores stays ignored. Only the main thread may take
signals.
"""

from __future__ import annotations

import _thread
import atexit
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


class StopRequest:
    """A request to stop: the handler of a signal makes it, and any thread may wait for it.

    A ``threading.Event`` would hang: ``set`` takes the lock of the event, and the thread that the
    handler interrupts holds that lock if it has just begun to wait.
    """

    _LOOK = 0.05  # seconds between two looks

    def __init__(self) -> None:
        """Nobody has asked yet."""
        self._is_made = False

    def make(self) -> None:
        """Ask for the stop."""
        self._is_made = True

    def is_made(self) -> bool:
        """Return whether the stop was asked for."""
        return self._is_made

    def wait(self, seconds: float) -> bool:
        """Wait until the stop is asked for, or for so long; return whether it was."""
        end = time.monotonic() + seconds
        while not self._is_made and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, self._LOOK))
        return self._is_made


class _LastSignal:
    """When this process took the last signal, whoever took it."""

    def __init__(self) -> None:
        self._time = -math.inf

    def is_another(self, seconds: float) -> bool:
        """Return whether a signal now is not the same one: none was taken in the last seconds."""
        return time.monotonic() - self._time >= seconds

    def note(self) -> None:
        """Take note that one is taken now."""
        self._time = time.monotonic()


_last_signal = _LastSignal()


def interrupt_at_stop_signals(*, same: float = SAME) -> None:
    """Raise KeyboardInterrupt in the main thread at Ctrl-C and SIGTERM from now on.

    Python's own handler may raise it within the import system, between a lock that is taken and the
    block that gives it back. Then no other thread can import anything more, and whoever waits for
    such a thread waits for good. Here the signal waits until the import system has ended its step.

    At its very end Python puts the system's own handlers back. There a signal, such as the second
    one of a pair, would kill a process that has done its work, so it is ignored then.

    Args:
        same: seconds after a signal in which further ones are the same one. The work that ends what
            was begun is not cut off so.
    """

    def handle(number: int, frame: FrameType | None) -> None:
        if frame is not None and frame.f_code.co_filename.startswith(_IMPORT_SYSTEM):
            _thread.start_new_thread(_signal_later, (signal.Signals(number),))
        elif _last_signal.is_another(same):
            _last_signal.note()
            raise KeyboardInterrupt

    standard = {INTERRUPT: signal.default_int_handler, TERMINATE: signal.SIG_DFL}
    for name, handler in standard.items():
        # A shell script starts what it puts into the background with SIGINT ignored.
        if signal.getsignal(name) == handler:
            signal.signal(name, handle)
            atexit.register(signal.signal, name, signal.SIG_IGN)


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
    same: float = SAME,
) -> Iterator[None]:
    """Call ``act`` at each of these signals while the block lasts; then put the handlers back.

    Args:
        act: what to do, in the main thread, between two instructions. It may raise.
        signals: those to take.
        once: the second signal does what it did before the block: it ends the process, as a rule.
        same: seconds after a signal in which further ones are the same one.
    """
    has_acted = False

    def handle(number: int, frame: FrameType | None) -> None:
        nonlocal has_acted
        if not _last_signal.is_another(same):
            return
        if once and has_acted:
            restore()
            _pass_on(before[signal.Signals(number)], number, frame)
            return
        has_acted = True
        _last_signal.note()
        act()

    def restore() -> None:
        for name, handler in before.items():
            signal.signal(name, handler)

    before = {name: signal.getsignal(name) or signal.SIG_DFL for name in signals}
    before = {name: was for name, was in before.items() if was != signal.SIG_IGN}
    for name in before:
        signal.signal(name, handle)
    try:
        yield
    finally:
        restore()


def _pass_on(
    handler: Callable[[int, FrameType | None], object] | int | signal.Handlers,
    number: int,
    frame: FrameType | None,
) -> None:
    """Do at a signal what another handler would, which is in force."""
    if callable(handler):
        handler(number, frame)  # which must see the frame in which the signal came
    else:
        signal.raise_signal(signal.Signals(number))
