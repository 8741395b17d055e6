"""Work that is begun in a thread before it is asked for, since it surely will be.

A command begins so to load its encoder while its own modules are imported. Whoever needs the result
takes it here, or does the work itself where none was begun. It knows no kind of work.
"""

from __future__ import annotations

import threading
from collections.abc import Callable


class _Work:
    """A piece of work in a thread, and what came of it."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act = act
        self._result: object = None
        # A daemon, so that nobody waits for a result that nobody wants; see `under_way`.
        self.thread = threading.Thread(target=self._run, name="begun ahead", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            self._result = self._act()
        except Exception:  # whoever needs the result does the work again, and hears the error
            self._result = None

    def result(self) -> object:
        """Return the result once it is there; None where the work failed."""
        self.thread.join()
        return self._result


_works: dict[tuple[str, ...], _Work] = {}


def begin(key: tuple[str, ...], act: Callable[[], object]) -> None:
    """Begin work in a thread. ``key``: by which its result is taken; begun twice, it is done once.

    The thread imports what it needs: see that no module that it shares with others takes part in a
    circle of imports.
    """
    if key not in _works:
        _works[key] = _Work(act)


def result_of(key: tuple[str, ...]) -> object:
    """Return the result of the work of that key, once; None where none was begun, or it failed."""
    work = _works.pop(key, None)
    return None if work is None else work.result()


def under_way() -> bool:
    """Return whether work is under way that nobody has taken: native code in it must not be cut
    off by the interpreter's own end.
    """
    return any(work.thread.is_alive() for work in _works.values())
