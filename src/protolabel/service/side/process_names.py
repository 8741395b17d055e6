"""Names of processes in a file that several share: they tell whether its writer still runs."""

from __future__ import annotations

import os
import secrets
import sys
from functools import cache


def own_name() -> str:
    """Return a name for this process that no process before it had."""
    return _name(os.getpid())


def may_run(name: str) -> bool:
    """Return whether a process runs, as far as this one can see."""
    if name == own_name():
        return True
    pid = int(name.partition(":")[0])
    if pid == os.getpid():  # an earlier process had this number, as in a container
        return False
    if sys.platform == "win32":  # no question there that does not end the process
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@cache
def _name(pid: int) -> str:
    return f"{pid}:{secrets.token_hex(8)}"
