"""Finds the log that a label space lost when it was renamed without it: ``check`` says where it is.

Only a log in the same folder, beside a name at which there is no file, is looked at. It is tried on
a copy, so nothing is changed.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sqlite3
import tempfile
from contextlib import closing, suppress
from pathlib import Path

from protolabel.errors import ProtolabelError
from protolabel.store.files import MEMORY, beside, file_size
from protolabel.store.open_files import copy_bytes
from protolabel.store.private_copy import PREFIX
from protolabel.store.tables import Tables

_LOG = "-wal"
_MOST = 8  # logs that are tried


def stray_logs(tables: Tables) -> list[str]:
    """Return in words which logs in the folder hold later changes of a label space."""
    path = os.path.realpath(tables.connection.path)
    if tables.connection.path == MEMORY or file_size(beside(path, _LOG)):
        return []
    try:
        identity, version = tables.log.meta.get("identity", ""), tables.log.version()
        names = sorted(name for name in os.listdir(os.path.dirname(path)) if name.endswith(_LOG))
        strays = [os.path.join(os.path.dirname(path), name) for name in names]
        strays = [s for s in strays if not os.path.lexists(s.removesuffix(_LOG)) and file_size(s)]
        return [
            f"{stray} holds its changes {version + 1} to {latest}, since it was renamed without "
            f"them; to bring them: mv {shlex.quote(stray)} {shlex.quote(path + _LOG)}"
            for stray in strays[:_MOST]
            if (latest := _version_with(path, stray, identity)) > version
        ]
    except (OSError, ProtolabelError):
        return []  # the check of the rows says what is wrong


def _version_with(path: str, log: str, identity: str) -> int:
    """Return the version of a sound label space with a log, 0 where the two do not belong."""
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
        copy = Path(folder, "copy.space")
        copy_bytes(path, copy)
        shutil.copyfile(log, beside(copy, _LOG))
        with suppress(sqlite3.Error), closing(sqlite3.connect(copy)) as db:
            (identity_inside,) = db.execute(
                "SELECT value FROM meta WHERE key = 'identity'"
            ).fetchone()
            (version,) = db.execute("SELECT max(version) FROM changes").fetchone()
            if identity_inside == identity and db.execute("PRAGMA quick_check(1)").fetchone() == (
                "ok",
            ):
                return int(version)
    return 0
