"""Copies of files inside others: where they lie, and what to say where there is no room for them.

A full or unwritable temporary folder is no fault of a document, so it is no InputError.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from typing import NoReturn

from protolabel.errors import TemporaryFolderError
from protolabel.system.closable import Closable

PREFIX = "protolabel-"


def refuse_folder(error: OSError) -> NoReturn:
    """Raise the error for a temporary folder in which nothing can be written."""
    raise folder_error(error.strerror or str(error)) from error


def folder_error(reason: str) -> TemporaryFolderError:
    """Return the error for a temporary folder in which nothing can be written."""
    try:
        where = tempfile.gettempdir()
    except OSError:
        where = "none"
    return TemporaryFolderError(
        f"the temporary folder ({where}) cannot be written to: {reason.lower()}",
        expected="room in it for a copy of each file that lies in an archive, mail or workbook",
        remedy="make room, or name another folder in the environment: `export TMPDIR=FOLDER`",
    )


def new_folder(within: str) -> str:
    """Return the path of a new private folder. Raises TemporaryFolderError where none can be."""
    try:
        return tempfile.mkdtemp(prefix=PREFIX, dir=within)
    except OSError as error:
        refuse_folder(error)


def new_path() -> str:
    """Return the path of a folder that is not there yet. Raises TemporaryFolderError.

    The process that makes the folder also deletes it, so a kill in between leaves nothing behind.
    """
    try:
        return os.path.join(tempfile.gettempdir(), PREFIX + secrets.token_hex(8))
    except OSError as error:
        refuse_folder(error)


class NewFile(Closable):
    """A file in a temporary folder. What cannot be written raises TemporaryFolderError."""

    def __init__(self, path: str) -> None:
        try:
            self._stream = open(path, "xb")  # noqa: SIM115 - closed by close
        except OSError as error:
            refuse_folder(error)

    def write(self, data: bytes) -> None:
        """Write all of the data."""
        try:
            self._stream.write(data)
        except OSError as error:
            refuse_folder(error)

    def close(self) -> None:
        """Write what is left, and close the file."""
        try:
            self._stream.close()
        except OSError as error:
            refuse_folder(error)
