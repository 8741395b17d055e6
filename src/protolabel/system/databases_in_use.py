"""Which files SQLite has open in this process. Nobody else here may open and close them.

The system would take the locks of the whole process away. It opens none itself.
"""

from __future__ import annotations

import os

Identity = tuple[int, int]  # device and inode

_identities: dict[int, tuple[Identity, ...]] = {}


def note(database: int, *identities: Identity | None) -> None:
    """Note which files a connection has open: the database, and those beside it."""
    _identities[database] = tuple(identity for identity in identities if identity is not None)


def forget(database: int) -> None:
    """Note that a connection is closed."""
    _identities.pop(database, None)


def is_in_use(info: os.stat_result) -> bool:
    """Return whether SQLite has a file open here."""
    identity = info.st_dev, info.st_ino
    return any(identity in ones for ones in list(_identities.values()))
