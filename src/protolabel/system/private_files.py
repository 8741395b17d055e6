"""Files that only their owner may read, from their first byte on.

Label spaces, answers and exports quote documents. Their owner decides who else may read them:
``chmod`` on a file that is there is kept by whatever writes it anew.
"""

from __future__ import annotations

import os
from pathlib import Path

PRIVATE = 0o600
PRIVATE_FOLDER = 0o700


def make_private(path: str | Path) -> None:
    """Make an empty file that others cannot read. Raises FileExistsError and other OSErrors."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE))
