"""What a process does when it is asked to end: by Ctrl-C (SIGINT) or by SIGTERM.

Only the main thread may take signals, and each handler is put back at the end.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

INTERRUPT = signal.SIGINT
TERMINATE = signal.SIGTERM


def interrupt() -> None:
    """End the work as Ctrl-C does: what is done by then is kept."""
    raise KeyboardInterrupt


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
