"""The copy of a label space that a process answers partitions from: one at a time, never changed.

Threads share it. A forked child opens a copy of its own. Where the label space has changed or was
replaced, a new copy is opened, and the old one is closed once nobody uses it any more.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

from protolabel.label_space.frozen_copy import open_frozen
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.view import View
from protolabel.store.files import FileState, state_of


@dataclass(eq=False)
class OpenCopy:
    """A label space as it was when it was opened here.

    Attributes:
        path: of the label space.
        encoder: its name or folder as the caller gave it; None: as the file says.
        state: of its files then. ``changed_ns``: when the file was last written or replaced, which
            no copying program can set.
        process: that opened it.
        space: the copy.
        users: how many partitions are answered from it now.
    """

    path: str
    encoder: str | None
    state: FileState
    changed_ns: int
    process: int
    space: LabelSpace
    users: int = 0
    _settling: threading.Lock = field(default_factory=threading.Lock)

    @cached_property
    def history(self) -> dict[str, object]:
        """What tells this state of the label space from any other."""
        return self.history_at(self._view.version) or {}

    def history_at(self, version: int) -> dict[str, object] | None:
        """Return what tells an earlier version from any other; None where it was never there."""
        if not 0 < version <= self._view.version:
            return None
        rows = self._view.rows
        return {"space": rows.identity, "version": version, "mark": rows.mark(version)}

    @cached_property
    def _view(self) -> View:
        return self.space.view()

    @cached_property
    def _settled(self) -> View:
        """The view with all its fits, so that the same weights rank whoever asks, and when.

        They are made from its own rows, and the label space is as it was: the version that answers
        name is one that it has.
        """
        return self._view.unremembered().settled()

    def settled_view(self) -> View:
        """Return what answers; the first one who asks waits for its fits."""
        with self._settling:
            return self._settled


_lock = threading.Lock()
_present: OpenCopy | None = None
_inherited: list[OpenCopy] = []  # never closed here: their connections are those of the parent


@contextmanager
def open_copy_of(space: str, encoder: str | None = None) -> Iterator[OpenCopy]:
    """Give the copy of a label space, opened once for all partitions of this process.

    ``encoder``: its name or folder; None: as the file says.

    Raises:
        StoreError: as :class:`LabelSpace` does.
    """
    global _present
    path = os.path.abspath(space)
    with _lock:
        old = _present
        if old is None or not _is_current(old, path, encoder):
            _present = _new_copy(path, encoder)
            if old is not None:
                _retire(old)
        copy = _present
        assert copy is not None
        copy.users += 1
    try:
        yield copy
    finally:
        with _lock:
            copy.users -= 1
            if copy is not _present:
                _retire(copy)


def _new_copy(path: str, encoder: str | None) -> OpenCopy:
    state, changed = state_of(path), _changed_ns(path)
    space = open_frozen(path, encoder)
    return OpenCopy(path, encoder, state, changed, os.getpid(), space)


def _is_current(copy: OpenCopy, path: str, encoder: str | None) -> bool:
    return (copy.process, copy.path, copy.encoder, copy.state, copy.changed_ns) == (
        os.getpid(),
        path,
        encoder,
        state_of(path),
        _changed_ns(path),
    )


def _changed_ns(path: str) -> int:
    try:
        return os.stat(path).st_ctime_ns
    except OSError:
        return 0


def _retire(copy: OpenCopy) -> None:
    """Close a copy that is no longer the present one, once nobody uses it."""
    if copy.process != os.getpid():
        _inherited.append(copy)
    elif not copy.users:
        copy.space.close()


def _after_fork() -> None:
    """Take a lock that no thread of the parent holds."""
    global _lock
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
    os.register_at_fork(after_in_child=_after_fork)
