"""The folders into which a label space has sorted files, in ``meta``. Nothing of a file is here.

A person may name a sorted file by the path that it came from: its folder is looked up then.
"""

from __future__ import annotations

import json
import sqlite3

from protolabel.store.meta_values import meta_value, set_meta_value

_KEY = "sorted_into"  # in ``meta``: a JSON list of absolute paths
_MOST = 100  # folders, the newest


def sorted_folders(db: sqlite3.Connection) -> list[str]:
    """Return the absolute paths of the folders, the newest last."""
    return list(json.loads(meta_value(db, _KEY) or "[]"))


def note_sorted_folder(db: sqlite3.Connection, path: str) -> None:
    """Note a folder as the newest; it is named once."""
    others = [one for one in sorted_folders(db) if one != path]
    set_meta_value(db, _KEY, json.dumps([*others, path][-_MOST:]))
