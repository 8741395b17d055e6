"""A command on a terminal of its own, and what it draws there."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from fcntl import ioctl

from commands import ENVIRONMENT

OWN = re.compile(r"\x1b\[(?:0|1|2|22)?m")  # bold, dim, and the end of it: what we style with


def in_terminal(
    *arguments: object,
    columns: int = 100,
    typed: str = "",
    meanwhile: Callable[[], object] | None = None,
    **environment: str,
) -> str:
    """What one command draws on a terminal of its own, stdout and stderr together.

    ``meanwhile``: is done while it waits at its question, which is then answered with ``y``.
    """
    leader, follower = pty.openpty()
    ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    settings = {k: v for k, v in ENVIRONMENT.items() if k != "COLUMNS"}
    process = subprocess.Popen(
        [sys.executable, "-m", "protolabel", *map(str, arguments)],
        stdin=follower,
        stdout=follower,
        stderr=follower,
        env=settings | {"TERM": "xterm-256color"} | environment,
    )
    os.close(follower)
    os.write(leader, typed.encode())
    drawn = b""
    with contextlib.suppress(OSError):  # the end of a terminal is an error on Linux
        while part := os.read(leader, 65536):
            drawn += part
            if meanwhile is not None and b"[y/N]" in drawn:
                meanwhile()
                meanwhile = None
                os.write(leader, b"y\n")
    os.close(leader)
    process.wait()
    return drawn.decode(errors="surrogateescape").replace("\r\n", "\n")
