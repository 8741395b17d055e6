"""Tells whether damage of a label space file is behind an error of Python's, such as a TypeError.

A damaged row may hold anything: a number where a text stood, NULL, a vector that is too short. What
reads such a row fails somewhere. Only a look at the whole file tells that from an error of ours.
"""

from __future__ import annotations

import shlex
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from protolabel.errors import ProtolabelError, SpaceDamagedError
from protolabel.store.files import MEMORY
from protolabel.store.sqlite_errors import restore_remedy, undecodable

SIGNS = (
    ArithmeticError, AssertionError, AttributeError, LookupError, MemoryError, RecursionError,
    TypeError, ValueError,
)  # fmt: skip
"""What Python raises where a value is not what the code takes it to be."""

_looks = threading.local()  # of each thread, whether it looks at a file now


def damage_behind(path: str, error: BaseException | None) -> SpaceDamagedError | None:
    """Return the error for the file at ``path``, if it is damaged; None if it is sound.

    Args:
        path: of a label space.
        error: what was met while it was read; anything but one of ``SIGNS`` is no sign of damage.
    """
    if not isinstance(error, SIGNS) or path == MEMORY or getattr(_looks, "is_looking", False):
        return None
    _looks.is_looking = True
    try:
        return _damage_of(path)
    except SpaceDamagedError as damage:
        return damage
    except UnicodeDecodeError as failure:
        return undecodable(path, failure)
    except (ProtolabelError, OSError):
        return None
    finally:
        _looks.is_looking = False


@contextmanager
def damage_as_cause(path: str) -> Iterator[None]:
    """Raise SpaceDamagedError for an error inside, where the file at ``path`` is damaged."""
    try:
        yield
    except SIGNS as error:
        if damage := damage_behind(path, error):
            raise damage from error
        raise


def _damage_of(path: str) -> SpaceDamagedError | None:
    from protolabel.store.check import check
    from protolabel.store.connection import Connection
    from protolabel.store.tables import Tables

    connection = Connection(path)
    try:
        findings = check(Tables.of(connection))
    finally:
        connection.close()
    if not findings:
        return None
    more = f", and {len(findings) - 1} more" if len(findings) > 1 else ""
    quoted = shlex.quote(path)
    return SpaceDamagedError(
        f"{path} is damaged: {findings[0].what}{more}",
        expected="rows as protolabel writes them",
        remedy=f"protolabel check {quoted} --repair"
        if all(finding.derived for finding in findings)
        else f"`protolabel check {quoted}` lists what is damaged; {restore_remedy(path)}",
    )
