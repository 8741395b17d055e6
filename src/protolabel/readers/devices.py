"""What has a name in a folder and is no file: devices, sockets, and pipes that nobody writes into.

They are refused, or waited for within bounds, so that reading ends.
"""

from __future__ import annotations

import os
import stat
import threading
from contextlib import suppress
from typing import BinaryIO

from protolabel.errors import InputError
from protolabel.system.databases_in_use import is_in_use

PIPE_SECONDS = 20.0
"""How long a pipe is waited for that no program has opened to write into it."""


def open_file(path: str, name: str) -> BinaryIO:
    """Open a file or a pipe to read its bytes.

    Args:
        path: where it is.
        name: as errors show it.

    Raises:
        InputError: it is a device or a socket, a pipe into which nobody writes, or a label space
            that this process has open.
        OSError: it cannot be opened.
    """
    info = os.stat(path)
    mode = info.st_mode
    refuse_device(path, mode, name)
    if is_in_use(info):
        raise InputError(
            f"{name}: a label space that is open here, or a file beside it",
            expected="documents",
            remedy="leave it out, or export its text as JSON Lines",
        )
    return _open_pipe(path, name) if stat.S_ISFIFO(mode) else open(path, "rb")


def refuse_device(path: str, mode: int, name: str) -> None:
    """Raise InputError for a socket or a device, but for a terminal and what is always empty.

    Args:
        path: where it is.
        mode: of ``os.stat``.
        name: as the error shows it.
    """
    is_device = stat.S_ISBLK(mode) or (stat.S_ISCHR(mode) and not _ends(path))
    if is_device or stat.S_ISSOCK(mode):
        raise InputError(
            f"{name}: a {'device' if is_device else 'socket'}",
            expected="a file, a folder or a pipe",
            remedy="copy what you want of it into a file, and give that",
        )


def _ends(path: str) -> bool:
    """Return whether a device is a terminal, or the null device."""
    if os.path.realpath(path) == os.path.realpath(os.devnull):
        return True
    with suppress(OSError):
        device = os.open(path, os.O_RDONLY | getattr(os, "O_NOCTTY", 0) | os.O_NONBLOCK)
        try:
            return os.isatty(device)
        finally:
            os.close(device)
    return False


def _open_pipe(path: str, name: str) -> BinaryIO:
    """Open a named pipe as soon as somebody has opened it to write."""
    pipes: list[BinaryIO] = []
    errors: list[OSError] = []

    def wait() -> None:
        try:
            pipes.append(open(path, "rb"))  # noqa: SIM115 - the caller closes it
        except OSError as error:
            errors.append(error)

    waiting = threading.Thread(target=wait, daemon=True)
    waiting.start()
    waiting.join(PIPE_SECONDS)
    if waiting.is_alive():
        with suppress(OSError):  # whoever has opened it by now lets the thread go on as well
            os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
        waiting.join()
        for pipe in pipes:
            pipe.close()
        raise InputError(
            f"{name}: a pipe into which no program writes; waited {PIPE_SECONDS:.0f} s",
            expected="a program that writes into it",
            remedy="start that program first, or give a file",
        )
    if errors:
        raise errors[0]
    return pipes[0]
