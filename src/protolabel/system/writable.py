"""Whether a place can be written, found out before the work whose result goes there.

Each question is put to the disk, since permissions alone do not tell. What is there stays as it is.
"""

from __future__ import annotations

import shlex
import tempfile
from pathlib import Path

from protolabel.errors import InputError


def require_folder(folder: Path, remedy: str) -> None:
    """Check that files can be written into a folder, which may not be there yet.

    Raises:
        InputError: they cannot; ``remedy`` says what to do.
    """
    _require(folder, folder, "a folder that can be written", remedy)


def require_new_folder(folder: Path, remedy: str) -> None:
    """Check that a folder can be made or replaced, with the folders above it.

    Raises:
        InputError: it cannot, or a file or a link is there; ``remedy`` says what to do.
    """
    is_link = folder.is_symlink()
    if is_link or (folder.exists() and not folder.is_dir()):
        raise InputError(
            f"{folder} is a {'link' if is_link else 'file'}",
            expected="a folder that can be replaced, or a new one",
            remedy=remedy,
        )
    _require(folder, folder.absolute().parent, "a folder that can be written", remedy)


def require_beside(path: Path, remedy: str) -> None:
    """Check that a file or folder can be made at a path whose folder must be there.

    Raises:
        InputError: it cannot; ``remedy`` says what to do besides making its folder.
    """
    parent, expected = path.absolute().parent, "a place in a folder that can be written"
    if not parent.exists() and not parent.is_symlink():
        raise InputError(
            f"{path}: no folder {parent}",
            expected=expected,
            remedy=f"mkdir -p {shlex.quote(str(parent))}, or {remedy}",
        )
    _require(path, parent, expected, remedy)


def require_file(path: Path, remedy: str) -> None:
    """Check that a file can be written, which may be there already.

    Raises:
        InputError: it cannot; ``remedy`` says what to do besides making its folder.
    """
    if not path.exists():
        require_beside(path, remedy)
    elif path.is_file():
        try:
            path.open("ab").close()
        except OSError as error:
            raise InputError(
                f"{path}: {error.strerror or error}",
                expected="a file that can be written",
                remedy=remedy,
            ) from error


def _require(path: Path, folder: Path, expected: str, remedy: str) -> None:
    """Make a file in the nearest folder that is there, and remove it.

    A link on the way that leads nowhere is no place: no folder can be made there.
    """
    absolute = folder.absolute()
    places = (absolute, *absolute.parents)
    nearest = next(place for place in places if place.exists() or place.is_symlink())
    if not nearest.exists():
        raise InputError(
            f"{nearest} is a link to {nearest.readlink()}, which is not there",
            expected=expected,
            remedy=remedy,
        )
    try:
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except OSError as error:
        what = "written" if path.exists() else "made"
        raise InputError(
            f"{path} cannot be {what} ({error.strerror or error})",
            expected=expected,
            remedy=remedy,
        ) from error
