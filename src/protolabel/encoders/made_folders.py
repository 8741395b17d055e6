"""Folders of encoders that are made once, into the user's cache: whole, or not there."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from protolabel.errors import EncoderError

UNFINISHED = "unfinished-"  # how the names begin of folders that are being made
ABANDONED = 86_400.0  # seconds after which such a folder is what a killed process left


def made_folder(
    name: str,
    is_whole: Callable[[Path], bool],
    write: Callable[[Path], None],
    *,
    what: str,
    room: str,
) -> Path:
    """Return a folder of the user's cache, which is made at the first call.

    It is written beside its place and renamed. One that has lost a file is made anew.

    Args:
        name: the folder's.
        is_whole: whether a folder has all that it needs.
        write: makes the folder at a place where nothing is yet.
        what: cannot be done if the folder cannot be made, for the message.
        room: how much room it takes.

    Raises:
        EncoderError: the cache folder cannot be written.
    """
    import platformdirs

    home = platformdirs.user_cache_path("protolabel") / "encoders"
    folder = home / name
    if is_whole(folder):
        return folder
    try:
        home.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(home)
        with tempfile.TemporaryDirectory(dir=home, prefix=UNFINISHED) as place:
            fresh = Path(place) / "fresh"
            write(fresh)
            if folder.exists() and not is_whole(folder):
                shutil.rmtree(folder)
            if not folder.exists():
                os.rename(fresh, folder)
    except OSError as error:
        if is_whole(folder):  # another process was faster
            return folder
        raise EncoderError(
            f"{what} into {home} ({error})",
            expected=f"room for {room}, and the permission to write",
            remedy="free some space, or set XDG_CACHE_HOME to a folder that has it",
        ) from error
    return folder


def _remove_abandoned(home: Path) -> None:
    """Remove what processes left that were killed while they made a folder."""
    for place in home.glob(f"{UNFINISHED}*"):
        try:
            if time.time() - place.stat().st_mtime > ABANDONED:
                shutil.rmtree(place)
        except OSError:  # another process was faster
            continue
