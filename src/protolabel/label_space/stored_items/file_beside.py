"""Where derived state of a label space stands beside its file, and which rows it was made from."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from protolabel.store import Rows
from protolabel.store.files import MEMORY, beside

CHANGES = 64  # of the log, newest first, that tell one history from another


def path_beside(rows: Rows, suffix: str) -> Path | None:
    """Return the path of derived state, such as ``mail.space-prototypes``; None in memory."""
    return None if rows.path == MEMORY else beside(rows.path, suffix)


def history_key(rows: Rows, version: int) -> dict[str, object]:
    """Return what tells the rows of a version from those of any other history, as JSON values."""
    log = hashlib.sha256()
    for change in rows.changes(version + 1, CHANGES):
        words = (change.version, change.at, change.who, change.kind, change.summary)
        log.update(json.dumps(words).encode())
    return {"space": rows.identity, "version": version, "log": log.hexdigest()}
