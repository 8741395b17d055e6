"""How long the name of a file may be, which depends on the disk that it is to lie on."""

from __future__ import annotations

import os
from pathlib import Path

_OF_MOST_DISKS = 255


def most_name_bytes(folder: Path) -> int:
    """Return how many bytes the names of files in a folder can have, which may not be there yet."""
    for place in (folder, *folder.parents):
        try:
            return os.pathconf(place, "PC_NAME_MAX")
        except (OSError, ValueError):
            continue
    return _OF_MOST_DISKS
