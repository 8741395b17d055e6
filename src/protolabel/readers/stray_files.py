"""The error for a file that stands beside the folders of classes, and what to do with it."""

from __future__ import annotations

import os
import shlex

from protolabel.errors import InputError
from protolabel.readers.descriptions import read_descriptions

_MOST_BYTES = 2**20  # of a file of descriptions


def file_beside(path: str, name: str, expected: str) -> InputError:
    """Return the error for a file beside the folders of examples.

    Args:
        path: of the file.
        name: what errors call it.
        expected: what the folder should hold.
    """
    got = f"{name}: a file beside the folders of examples"
    if _describes_classes(path):
        return InputError(
            f"{got}, which describes classes",
            expected=expected,
            remedy="move it out of the folder, and give LabelSpace.describe what it says",
            command=f"`protolabel describe SPACE {shlex.quote(path)}` takes the descriptions; then "
            "move it out of the folder",
        )
    folder = shlex.quote(os.path.dirname(path) or os.curdir)
    return InputError(
        got,
        expected=expected,
        remedy="move it into the folder of its label, or give label= for all files",
        command="move it into the folder of its class; or, where all files are of one class: "
        f"`protolabel add SPACE CLASS {folder}`",
    )


def _describes_classes(path: str) -> bool:
    """Return whether a file holds descriptions of classes, as `describe` takes them."""
    if not path.lower().endswith(".json"):
        return False
    try:
        return os.path.getsize(path) <= _MOST_BYTES and bool(read_descriptions(path))
    except (InputError, OSError):
        return False
