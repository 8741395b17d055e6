"""A file that grows, as a stream that never ends: at its end, more is waited for."""

from __future__ import annotations

import io
import os
import time
from typing import Any, BinaryIO

from protolabel.errors import InputError

POLL_SECONDS = 0.2  # between two looks at the end of the file


class GrowingFile(io.RawIOBase):
    """The bytes of an open file, and those that are appended later."""

    def __init__(self, file: BinaryIO, path: str, name: str) -> None:
        """Take an open file.

        Args:
            file: open to read, at its beginning.
            path: where it is.
            name: as errors show it.
        """
        self._file, self._path, self._name = file, path, name
        self._read = 0

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what there is; wait where there is nothing.

        Raises:
            InputError: the file was replaced by another one, or became shorter.
        """
        while not (part := self._file.read(len(buffer))):
            self._refuse_another()
            time.sleep(POLL_SECONDS)
        self._read += len(part)
        buffer[: len(part)] = part
        return len(part)

    def _refuse_another(self) -> None:
        state = os.fstat(self._file.fileno())
        try:
            is_same_file = os.path.samestat(state, os.stat(self._path))
        except FileNotFoundError:
            return  # moved away: nothing comes, and perhaps it comes back
        if not is_same_file or state.st_size < self._read:
            raise InputError(
                f"{self._name}: it was "
                f"{'made shorter' if is_same_file else 'replaced by another file'} "
                "while it was followed",
                expected="a file to which lines are appended",
                remedy="repeat the command: what it holds now is read from its beginning",
            )
